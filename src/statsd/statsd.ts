import { mountPath } from '../contract/names.ts';
import { statsdFlags } from '../contract/statsd.ts';
import type { Settings } from '../flags/flag.ts';
import type { Result } from '../result/result.ts';
import type { Runtime, RuntimeContext, StartRuntime } from '../runtime/runtime.ts';
import { eventLoopRound } from '../timing/event-loop-round.ts';
import { logIgnored } from './compatibility.ts';
import { mappingUse } from './counts/mapping-use.ts';
import { reportMetrics } from './counts/report-metrics.ts';
import { type LiveMapping, startLiveMapping } from './mapping/file/live-mapping.ts';
import { mappingReaderInTurns } from './mapping/file/mapping-reader.ts';
import type { Mapping } from './mapping/mapping.ts';
import { createDebugPages } from './pages/debug-pages.ts';
import { landing } from './pages/landing-sections.ts';
import { createPipeline } from './pipeline/create-pipeline.ts';
import { expire } from './pipeline/expire.ts';
import { remap } from './pipeline/remap.ts';
import { startListeners } from './receive/listeners.ts';
import { steadyClock } from './steady-clock.ts';
import { randomSeed } from './table/seed.ts';

type StatsdSettings = Settings<typeof statsdFlags>;

/** The time between two looks for expired series. */
const expiryMs = 1000;
/** The time between two looks at the mapping where the file system does not report changes. */
const pollMs = 10_000;

/** Starts to receive statsd lines; they become series of `context.store`. */
export const startStatsd: StartRuntime<StatsdSettings> = async (settings, context) => {
  const { store, log } = context;
  const now = steadyClock(context);
  logIgnored(settings, log);
  const { memory } = context;
  const pipeline = createPipeline(settings, store, await randomSeed(), now(), memory?.sketches);
  const loaded = await startMapping(settings, (mapping) => remap(pipeline, mapping, now()), context);
  if (!loaded.ok) return loaded;
  const { value: mapping } = loaded;
  // Before the first line can arrive, since it could take a name of ours.
  let drops = async (): Promise<number | undefined> => undefined;
  const report = reportMetrics(store, { ...pipeline, kernelDrops: () => drops(), mapping: () => mapping?.state });
  await report();
  const started = await startListeners(settings, pipeline, { ...context, now });
  if (!started.ok) {
    mapping?.stop();
    return started;
  }
  const { value: listeners } = started;
  drops = listeners.kernelDrops;
  log.info('statsd listens', listeners.bound);
  // Series have a time to live only by a mapping.
  const expiry = mapping && setInterval(() => expire(pipeline, now()), expiryMs);
  expiry?.unref();
  const use = () => mappingUse(pipeline);
  const debug = createDebugPages({ settings, mapping: () => mapping?.state, use, now, memory: context });
  const runtime: Runtime = {
    kind: 'statsd',
    async collect() {
      expire(pipeline, now());
      pipeline.aggregate.collect(now());
      pipeline.sets.collect(store.values, now());
      await report();
    },
    samples: () => pipeline.counters.samples,
    landing: () => landing(pipeline, listeners.rows, mapping?.state, use()),
    pages: debug.pages,
    ...(mapping !== undefined && { reload: () => mapping.reload() }),
    drain: listeners.drain,
    async stop() {
      clearInterval(expiry);
      mapping?.stop();
      await Promise.all([listeners.close(), debug.close()]);
    },
  };
  return { ok: true, value: runtime };
};

type StartedMapping = Result<LiveMapping | undefined>;

async function startMapping(
  settings: StatsdSettings,
  use: (mapping: Mapping) => void,
  { log, memory, makeRoom }: RuntimeContext,
): Promise<StartedMapping> {
  const { mappingConfig: path } = settings;
  if (path === undefined) return { ok: true, value: undefined };
  const live = await startLiveMapping({
    path,
    // The file may come later: it is an optional ConfigMap, or a file that the application shares. A wrong mapping must
    // not keep the pod from starting.
    optional: path === mountPath.mapping || path.startsWith(`${mountPath.mapping}/`),
    read: await mappingReaderInTurns(settings, eventLoopRound, makeRoom),
    poll: pollMs,
    ...(memory && { mostBytes: memory.mapping }),
    use,
    log,
  });
  return live.ok ? live : { ok: false, problem: `--${statsdFlags.mappingConfig.name}: ${live.problem}` };
}
