import { place } from '../contract/names.ts';
import { statsdFlags } from '../contract/statsd.ts';
import type { Settings } from '../flags/flag.ts';
import type { Logger, Runtime, StartRuntime } from '../scrape/runtime.ts';
import { Aggregate } from './aggregate.ts';
import { logIgnored } from './compatibility.ts';
import { expire } from './expire.ts';
import type { Intake } from './intake.ts';
import { landing } from './landing.ts';
import { lineOptions } from './line-options.ts';
import { startListeners } from './listeners.ts';
import type { Mapping } from './mapping/mapping.ts';
import { type ObserverFallback, observerSettings } from './mapping/observer-settings.ts';
import { messageSeries } from './message-series.ts';
import { observerOptions } from './observer.ts';
import { ownMetrics } from './own-metrics.ts';
import { type KeptMapping, keepMapping } from './reload.ts';
import { remap } from './remap.ts';
import { Routes } from './route.ts';
import { randomSeed } from './seed.ts';
import { Sets } from './sets.ts';
import { Scratch } from './sketch.ts';
import { objectivesFor } from './summary.ts';
import { LineTable } from './table.ts';
import { Tally } from './tally.ts';

type StatsdSettings = Settings<typeof statsdFlags>;

/** Between two looks for series whose time to live is over. */
const EXPIRY_MILLISECONDS = 1000;
/** Between two looks at the mapping where the file system does not tell of changes. */
const POLL_MILLISECONDS = 10_000;

/** Starts receiving statsd lines over UDP and TCP; they become series of `context.store`. */
export const startStatsd: StartRuntime<StatsdSettings> = async (settings, context) => {
  const { store, log, now } = context;
  logIgnored(settings, log);
  const scratch = new Scratch();
  const aggregate = new Aggregate(store);
  const intake: Intake = {
    table: new LineTable(settings.cacheSize, await randomSeed()),
    routes: new Routes(observerOptions(observerSettings({}, {}, observerFallback(settings)), scratch), scratch),
    aggregate,
    tally: new Tally(),
    sets: new Sets(settings.setWindow),
    options: lineOptions(settings),
    expose: settings.exposeEvents ? messageSeries(store) : undefined,
    nameLimit: settings.nameLimit,
  };
  const kept = await startMapping(settings, (mapping) => remap(intake, mapping, now()), log);
  if (!kept.ok) return kept;
  const { mapping } = kept;
  // Before the first line can arrive, or it could take a name of ours.
  let drops = async (): Promise<number | undefined> => undefined;
  const report = ownMetrics(store, { ...intake, kernelDrops: () => drops(), mapping: () => mapping?.state });
  await report();
  const started = await startListeners(settings, intake, context);
  if (!started.ok) {
    mapping?.stop();
    return started;
  }
  const { listeners } = started;
  drops = listeners.kernelDrops;
  log.info('statsd listens', listeners.bound);
  // Only a mapping gives series a time to live.
  const expiry = mapping && setInterval(() => expire(intake, now()), EXPIRY_MILLISECONDS);
  expiry?.unref();
  const runtime: Runtime = {
    kind: 'statsd',
    async collect() {
      expire(intake, now());
      aggregate.collect(now());
      intake.sets.collect(store.values, now());
      await report();
    },
    landing: () => landing(intake, listeners.rows, mapping?.state),
    ...(mapping !== undefined && { reload: () => mapping.reload() }),
    drain: listeners.drain,
    async stop() {
      clearInterval(expiry);
      mapping?.stop();
      await listeners.close();
    },
  };
  return { ok: true, runtime };
};

type StartedMapping =
  | { readonly ok: true; readonly mapping: KeptMapping | undefined }
  | { readonly ok: false; readonly problem: string };

async function startMapping(
  settings: StatsdSettings,
  use: (mapping: Mapping) => void,
  log: Logger,
): Promise<StartedMapping> {
  const { mappingConfig: path, strictConfig: strict, compatGlob } = settings;
  if (path === undefined) return { ok: true, mapping: undefined };
  // YAML and regular expressions cost memory that nobody else needs.
  const { readMapping } = await import('./mapping/read-mapping.ts');
  const observer = observerFallback(settings);
  const kept = await keepMapping({
    path,
    // What the injection mounts there may come later: an optional ConfigMap, or what the application shares. A mapping that an
    // application's owner got wrong must not keep the pod from starting.
    optional: path === place.mapping || path.startsWith(`${place.mapping}/`),
    read: (text) => readMapping(text, { strict, compatGlob, observer }),
    poll: POLL_MILLISECONDS,
    use,
    log,
  });
  return kept.ok ? kept : { ok: false, problem: `--${statsdFlags.mappingConfig.name}: ${kept.problem}` };
}

/** What the flags say of observers. */
function observerFallback(settings: StatsdSettings): ObserverFallback {
  return {
    type: settings.observerType,
    quantiles: objectivesFor(settings.summaryQuantiles),
    maxAge: settings.summaryMaxAge,
    ageBuckets: settings.summaryAgeBuckets,
    buckets: settings.histogramBuckets,
  };
}
