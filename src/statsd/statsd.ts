import { statsdFlags } from '../contract/statsd.ts';
import { type Address, address as addressCodec } from '../flags/codecs.ts';
import type { Settings } from '../flags/flag.ts';
import type { LandingSection, Runtime, Started, StartRuntime } from '../scrape/runtime.ts';
import { Aggregate, type ObserverOptions } from './aggregate.ts';
import type { Intake } from './intake.ts';
import { listenTcp, type TcpListener } from './listen-tcp.ts';
import { listenUdp, type UdpListener } from './listen-udp.ts';
import { ownMetrics } from './own-metrics.ts';
import { findOwnSocket } from './proc-net-udp.ts';
import { scan } from './scan.ts';
import { randomSeed } from './seed.ts';
import { Scratch } from './sketch.ts';
import { objectivesFor } from './summary.ts';
import { LineTable } from './table.ts';
import { Tally } from './tally.ts';

type StatsdSettings = Settings<typeof statsdFlags>;

/** A datagram cannot be longer than any limit. */
const NO_LIMIT = 2 ** 31 - 1;

interface Listeners {
  readonly udp: UdpListener | undefined;
  readonly tcp: TcpListener | undefined;
}

/** Starts receiving statsd lines over UDP and TCP; they become series of `context.store`. */
export const startStatsd: StartRuntime<StatsdSettings> = async (settings, context) => {
  const { store, log, now } = context;
  if (settings.listenUdp === undefined && settings.listenTcp === undefined) {
    const { listenUdp: udp, listenTcp: tcp } = statsdFlags;
    return { ok: false, problem: `--${udp.name} and --${tcp.name} are both empty: there is nothing to listen on` };
  }
  if (settings.mappingConfig !== undefined) {
    log.warn(`statsd: --${statsdFlags.mappingConfig.name}: this version applies no mapping`, {
      file: settings.mappingConfig,
    });
  }
  const aggregate = new Aggregate(store, observerOptions(settings));
  const intake: Intake = {
    table: new LineTable(settings.cacheSize, await randomSeed()),
    aggregate,
    tally: new Tally(),
    options: { dogstatsdTags: settings.parseDogstatsdTags },
    nameLimit: settings.nameLimit,
  };
  // Before the first line can arrive, or it could take a name of ours.
  let drops = async (): Promise<number | undefined> => undefined;
  const report = ownMetrics(store, { ...intake, kernelDrops: () => drops() });
  await report();
  const started = await listen(settings, intake, context);
  if (!started.ok) return started;
  const { udp, tcp } = started.listeners;
  if (udp !== undefined) drops = udp.drops;
  log.info('statsd listens', { udp: bound(udp), tcp: bound(tcp) });
  const stop = async () => void (await Promise.all([udp?.close(), tcp?.close()]));
  const runtime: Runtime = {
    kind: 'statsd',
    async collect() {
      aggregate.collect(now());
      await report();
    },
    landing: () => landing(settings, intake, started.listeners),
    async drain() {
      await Promise.all([udp?.drain(), tcp?.drain()]);
      await stop();
    },
    stop,
  };
  return { ok: true, runtime };
};

function bound(listener: Address | undefined): Address | undefined {
  return listener === undefined ? undefined : { host: listener.host, port: listener.port };
}

type Listening = { readonly ok: true; readonly listeners: Listeners } | Extract<Started, { ok: false }>;

async function listen(
  settings: StatsdSettings,
  intake: Intake,
  { log, now }: Parameters<typeof startStatsd>[1],
): Promise<Listening> {
  const { tally, aggregate } = intake;
  const wake = () => {
    aggregate.now = now();
  };
  const tcp = await attempt(statsdFlags.listenTcp.name, settings.listenTcp, (address) =>
    listenTcp({
      address,
      connections: settings.tcpConnections,
      lineLimit: settings.tcpLineLimit,
      take(bytes, start, end) {
        wake();
        scan(intake, bytes, start, end, settings.tcpLineLimit);
      },
      event(event) {
        if (event === 'connection') tally.tcpConnections++;
        else if (event === 'refused') tally.tcpConnectionsRefused++;
        else if (event === 'error') tally.tcpConnectionErrors++;
        else tally.tcpTooLongLines++;
      },
    }),
  );
  if (!tcp.ok) return tcp;
  const udp = await attempt(statsdFlags.listenUdp.name, settings.listenUdp, (address) =>
    listenUdp({
      ...{ address, readBuffer: settings.readBuffer, log, wake, findSocket: findOwnSocket },
      take(bytes, end) {
        tally.udpPackets++;
        scan(intake, bytes, 0, end, NO_LIMIT);
      },
      failed: () => tally.udpErrors++,
    }),
  );
  if (udp.ok) return { ok: true, listeners: { udp: udp.listener, tcp: tcp.listener } };
  await tcp.listener?.close();
  return udp;
}

type Attempt<Listener> =
  | { readonly ok: true; readonly listener: Listener | undefined }
  | Extract<Started, { ok: false }>;

async function attempt<Listener>(
  flag: string,
  address: Address | undefined,
  start: (address: Address) => Promise<Listener>,
): Promise<Attempt<Listener>> {
  if (address === undefined) return { ok: true, listener: undefined };
  try {
    return { ok: true, listener: await start(address) };
  } catch (error) {
    return { ok: false, problem: `--${flag}=${addressCodec.format(address)}: ${(error as Error).message}` };
  }
}

function observerOptions(settings: StatsdSettings): ObserverOptions {
  if (settings.observerType === 'histogram') return { type: 'histogram', bounds: settings.histogramBuckets };
  return {
    type: 'summary',
    summary: {
      objectives: objectivesFor(settings.summaryQuantiles),
      maxAge: settings.summaryMaxAge,
      ageBuckets: settings.summaryAgeBuckets,
      scratch: new Scratch(),
    },
  };
}

function landing(settings: StatsdSettings, intake: Intake, { udp, tcp }: Listeners): readonly LandingSection[] {
  const { tally, table } = intake;
  const refused = [
    ...tally.lineErrors,
    ...tally.sampleErrors,
    ...tally.eventErrors,
    ...[...tally.conflicts.values()].map(
      ({ kind, name, count }) => [`conflict: ${kind} ${name === '' ? '(others)' : name}`, count] as const,
    ),
  ].filter(([, count]) => count > 0);
  return [
    {
      title: 'statsd',
      rows: [
        ['UDP', udp === undefined ? 'off' : addressCodec.format(udp)],
        ['TCP', tcp === undefined ? 'off' : addressCodec.format(tcp)],
        [
          'Mapping',
          settings.mappingConfig === undefined ? 'none' : `${settings.mappingConfig}: this version applies no mapping`,
        ],
        ['Lines', `${tally.lines}`],
        ['Samples', `${tally.samples}, of which taken: ${tally.counters + tally.gauges + tally.observers}`],
        ['Known lines', `${table.size}`],
      ],
    },
    ...(refused.length === 0
      ? []
      : [{ title: 'statsd: refused', rows: refused.map(([reason, count]) => [reason, `${count}`] as const) }]),
  ];
}
