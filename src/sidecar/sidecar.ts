import type { KindName } from '../contract/names.ts';
import { sidecarFlags } from '../contract/sidecar.ts';
import { createStore } from '../exposition/store.ts';
import { parseCommand, type SidecarCommand } from '../kinds/command.ts';
import { firstKind } from '../kinds/kind-names.ts';
import { memoryBudget } from '../memory/budget.ts';
import { memoryLeft } from '../memory/left.ts';
import { createRoomMaker } from '../memory/make-room.ts';
import { createConnectionGuard } from '../net/connections.ts';
import { listenForSignals, untilStopped } from '../runtime/lifecycle.ts';
import { createLog } from '../runtime/log.ts';
import type { Runtime, RuntimeContext } from '../runtime/runtime.ts';
import { version } from '../runtime/version.ts';
import { createScrapePage } from '../scrape/scrape-page.ts';
import { type ScrapeServer, startScrapeServer } from '../scrape/scrape-server.ts';
import { exit } from '../terminal/exit.ts';
import { fail, type Io } from '../terminal/io.ts';
import { startWatchdog, watchdogLimit } from '../watchdog/watchdog.ts';
import { effectiveSettings } from './effective-settings.ts';
import { waitForLastScrape } from './last-scrape.ts';
import { startSelf } from './process-runtime.ts';
import { reloadAll } from './reload.ts';

/** Connections to all HTTP ports of the process at a time. */
const mostConnections = 512;

/** The kind that a command line runs first, if any. The names of the kinds lie in the sidecar's bundle. */
export function kindToRun(args: readonly string[]): KindName | undefined {
  return firstKind(args);
}

/** Runs the kinds of one command line in this process, behind one page, until it is told to stop. */
export async function runSidecar(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseCommand(args, io.env);
  if (!parsed.ok) return fail(io, args.find((word) => !word.startsWith('-')) ?? '', exit.usage, parsed.problems, true);
  const { shared } = parsed.value;
  const { now, monotonic } = io;
  const log = createLog({ level: shared.logLevel, format: shared.logFormat, now, out: io.out });
  for (const { kind, settings } of parsed.value.segments) {
    if (!kind.check?.isAsked(settings)) continue;
    const check = await kind.check.load();
    return (await check(settings, log)) ? exit.ok : exit.findings;
  }
  const memoryLimit = io.memoryLimit?.();
  const watchdog = watchdogLimit(shared.watchdog, memoryLimit);
  startWatchdog({
    limit: watchdog,
    format: shared.logFormat,
    failed: (problem) => log.warn('no watchdog any longer', { problem }),
  });
  const signals = listenForSignals(io.signals);
  const budget = memoryBudget(memoryLimit, watchdog > 0);
  const bytes = shared.limitBytes ?? budget.series;
  const store = createStore({
    limits: {
      families: shared.limitFamilies,
      series: shared.limitSeries,
      seriesPerFamily: shared.limitSeriesPerFamily,
      bytes,
      valuesPerLabel: shared.limitValuesPerLabel,
      labelsPerSeries: shared.limitLabels,
      labelValueBytes: shared.limitLabelValue,
    },
    hidesOwn: !shared.webOwnMetrics,
    now,
  });
  const runtimes: Runtime[] = [];
  const makeRoom = createRoomMaker(memoryLimit);
  const page = createScrapePage({ store, runtimes: () => runtimes, log, now, pageBytes: budget.pages, makeRoom });
  const connections = createConnectionGuard({
    most: mostConnections,
    tell: (closed) => log.warn('connections were closed to make room', { ...closed, most: mostConnections }),
  });
  runtimes.push(startSelf({ ...shared, limitBytes: bytes }, { store, log, now, page, connections, makeRoom }));
  const problems = await startKinds(
    parsed.value,
    {
      store,
      log,
      now,
      monotonic,
      memory: budget,
      memoryLeft: () => memoryLeft(memoryLimit),
      makeRoom,
      page: page.handler,
      connections,
    },
    runtimes,
  );

  let stopping = false;
  let quit = (_cause: string) => {};
  const asked = new Promise<string>((resolve) => (quit = resolve));
  const server = await startScrapeServer({
    ...shared.webListenAddress,
    telemetryPath: shared.webTelemetryPath,
    lifecycle: shared.webEnableLifecycle,
    settings: effectiveSettings(parsed.value),
    runtimes,
    store,
    page,
    connections,
    log,
    now,
    version,
    ready: () => !stopping,
    reload: () => reloadAll(runtimes),
    quit: () => quit('/-/quit'),
  });
  if (!server.ok) problems.push(`--${sidecarFlags.webListenAddress.name}: ${server.problem}`);
  if (!server.ok || problems.length > 0) {
    await stopAll(runtimes, server.ok ? server : undefined);
    signals.close();
    return fail(io, '', exit.input, problems);
  }
  log.info('ready', { version, kinds: parsed.value.segments.map(({ kind }) => kind.name), address: server.address });

  io.signals.on('SIGHUP', async () => log.info('reloaded on SIGHUP', await reloadAll(runtimes)));
  const stop = async (cause: string) => {
    stopping = true;
    const { shutdownGracePeriod: gracePeriod, shutdownScrapeWait: scrapeWait, shutdownFirstScrape } = shared;
    log.info('stopping', { cause, gracePeriod, scrapeWait });
    // The application may be stopping too: what it says last is still taken, and the page is still there to be read.
    await new Promise((resolve) => setTimeout(resolve, gracePeriod));
    // SIGINT is a person at a terminal, who does not want to wait for a scraper.
    const wait = cause === 'SIGINT' ? 0 : scrapeWait;
    await waitForLastScrape({
      seen: page.scrapedSamples,
      runtimes,
      log,
      monotonic,
      wait,
      withoutScrape: shutdownFirstScrape,
    });
    await stopAll(runtimes, server);
    const samplesUnscraped = page.scrapedSamples.unscraped();
    log[samplesUnscraped > 0 ? 'warn' : 'info']('stopped', { samplesUnscraped });
  };
  return untilStopped(signals, stop, asked);
}

/** Starts every kind of the command, each pushed onto `runtimes`; the problems name each kind that could not start. */
async function startKinds(
  { segments }: SidecarCommand,
  context: RuntimeContext,
  runtimes: Runtime[],
): Promise<string[]> {
  const started = await Promise.all(
    segments.map(async ({ kind, settings }) => (await kind.start())(settings, context)),
  );
  return started.flatMap((one, i) => {
    if (!one.ok) return [`${segments[i]!.kind.name}: ${one.problem}`];
    runtimes.push(one.value);
    return [];
  });
}

async function stopAll(runtimes: readonly Runtime[], server: ScrapeServer | undefined): Promise<void> {
  await Promise.all([...runtimes.map((runtime) => runtime.stop()), server?.close()]);
}
