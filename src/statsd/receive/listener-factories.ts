import { statsdFlags } from '../../contract/statsd.ts';
import type { Address } from '../../flags/codecs.ts';
import type { Flag, Settings } from '../../flags/flag.ts';
import type { StartRuntime } from '../../runtime/runtime.ts';
import type { LinePipeline } from '../pipeline/line-pipeline.ts';
import { scan } from '../pipeline/scan.ts';
import type { Relay } from './relay/relay.ts';
import type { StreamOptions } from './stream/listen-stream.ts';
import { listenTcp } from './stream/listen-tcp.ts';
import { createInbox } from './udp/inbox.ts';
import { listenUdp, type UdpListener } from './udp/listen-udp.ts';
import type { SharedUdpOptions } from './udp/listen-udp-shared.ts';
import { findOwnSocket } from './udp/proc-net-udp.ts';
import { listenUnixStream } from './unix/listen-unix-stream.ts';
import { listenUnixgram } from './unix/listen-unixgram.ts';

export type StatsdSettings = Settings<typeof statsdFlags>;
export type StatsdContext = Parameters<StartRuntime<StatsdSettings>>[1];

/** An open listener. */
export interface Listener {
  /** Its address. */
  readonly bound: Address | string;
  /** Datagrams that the kernel dropped because the buffer was full; undefined where it does not say. */
  drops?(): Promise<number | undefined>;
  /** Processes what has arrived; refuses new connections. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** A listener that the settings ask for. */
export interface ListenerFactory {
  readonly key: 'udp' | 'tcp' | 'unix' | 'unixgram';
  readonly title: string;
  /** The flag that asks for it, with its value. */
  readonly flag: string;
  open(): Promise<Listener>;
}

/** The parts from which every factory is made. */
interface Source {
  readonly settings: StatsdSettings;
  readonly context: StatsdContext;
  readonly counters: LinePipeline['counters'];
  /** To be called before the lines of one wake. */
  readonly wake: () => void;
  /** Processes whole lines. @returns the number of lines longer than `limit`. */
  readonly take: (bytes: Buffer, start: number, end: number, limit: number) => number;
}

/** A datagram is shorter than any limit. */
const noLimit = 2 ** 31 - 1;

/**
 * The listeners that the settings ask for, in the order of opening; lines go to the relay, if there is one, and to
 * `pipeline`.
 */
export function listenerFactories(
  settings: StatsdSettings,
  pipeline: LinePipeline,
  context: StatsdContext,
  relay: Relay | undefined,
): readonly ListenerFactory[] {
  const wake = () => {
    pipeline.aggregate.now = context.now();
  };
  // Decided once, so that without a relay no line costs a check.
  const take: Source['take'] =
    relay === undefined
      ? (bytes, start, end, limit) => scan(pipeline, bytes, start, end, limit)
      : (bytes, start, end, limit) => {
          relay.take(bytes, start, end);
          return scan(pipeline, bytes, start, end, limit);
        };
  const source = { settings, context, counters: pipeline.counters, wake, take };
  return [tcp, udp, unix, unixgram].map((factory) => factory(source)).filter((factory) => factory !== undefined);
}

/** `--name=value` */
function flagText<T>({ name, codec }: Flag<T>, value: T): string {
  return `--${name}=${codec.format(value)}`;
}

function tcp({ settings, counters, wake, take }: Source): ListenerFactory | undefined {
  const { listenTcp: address } = settings;
  if (address === undefined) return undefined;
  const options = stream(settings, wake, take, (event, lines) => {
    if (event === 'connection') counters.tcpConnections++;
    else if (event === 'refused') counters.tcpConnectionsRefused++;
    else if (event === 'error') counters.tcpConnectionErrors++;
    else counters.tcpTooLongLines += lines;
  });
  return {
    ...{ key: 'tcp', title: 'TCP', flag: flagText(statsdFlags.listenTcp, address) },
    async open() {
      const listener = await listenTcp({ ...options, address });
      return { ...listener, bound: { host: listener.host, port: listener.port } };
    },
  };
}

function udp({ settings, context, counters, wake, take }: Source): ListenerFactory | undefined {
  const { listenUdp: address, readBuffer, udpWorkers: sockets } = settings;
  if (address === undefined) return undefined;
  const options = {
    ...{ address, readBuffer, log: context.log, wake, clock: context.monotonic, findSocket: findOwnSocket },
    take(bytes: Buffer, start: number, end: number, datagrams: number) {
      counters.udpPackets += datagrams;
      take(bytes, start, end, noLimit);
    },
    failed(count: number) {
      counters.udpErrors += count;
    },
    ended: () => counters.sockets.udpWorkersEnded++,
  };
  return {
    ...{ key: 'udp', title: 'UDP', flag: flagText(statsdFlags.listenUdp, address) },
    async open() {
      const listener = await (sockets === 1 ? listenUdpAlone(options) : listenUdpShared({ ...options, sockets }));
      return { ...listener, bound: { host: listener.host, port: listener.port } };
    },
  };
}

type UdpLineOptions = Omit<SharedUdpOptions, 'sockets' | 'spawn'>;

function listenUdpAlone({ take, failed, ...options }: UdpLineOptions): Promise<Omit<UdpListener, 'own' | 'reading'>> {
  const inbox = createInbox((bytes, end, datagrams) => take(bytes, 0, end, datagrams));
  return listenUdp({ ...options, inbox, shared: false, failed: () => failed(1) });
}

/** Loaded late: threads cost memory that one socket does not need. */
async function listenUdpShared(options: Omit<SharedUdpOptions, 'spawn'>) {
  const [shared, { spawnUdpWorker }] = await Promise.all([
    import('./udp/listen-udp-shared.ts'),
    import('./udp/udp-workers.ts'),
  ]);
  return shared.listenUdpShared({ ...options, spawn: spawnUdpWorker });
}

function unix({ settings, counters: { sockets }, wake, take }: Source): ListenerFactory | undefined {
  const { listenUnix: path, unixsocketMode: mode } = settings;
  if (path === undefined) return undefined;
  const options = stream(settings, wake, take, (event, lines) => {
    if (event === 'connection') sockets.unixConnections++;
    else if (event === 'framed') sockets.unixConnectionsFramed++;
    else if (event === 'refused') sockets.unixConnectionsRefused++;
    else if (event === 'error') sockets.unixConnectionErrors++;
    else sockets.unixTooLongLines += lines;
  });
  return {
    ...{ key: 'unix', title: 'Unix stream', flag: flagText(statsdFlags.listenUnix, path) },
    open: async () => ({ ...(await listenUnixStream({ ...options, path, mode })), bound: path }),
  };
}

function unixgram({ settings, context, counters: { sockets }, wake, take }: Source): ListenerFactory | undefined {
  const { listenUnixgram: path, unixsocketMode: mode } = settings;
  if (path === undefined) return undefined;
  return {
    ...{ key: 'unixgram', title: 'Unix datagram', flag: flagText(statsdFlags.listenUnixgram, path) },
    async open() {
      const listener = await listenUnixgram({
        ...{ path, mode, wake, clock: context.monotonic, load: () => import('unix-dgram') },
        inbox: createInbox((bytes, end, datagrams) => {
          sockets.unixgramPackets += datagrams;
          take(bytes, 0, end, noLimit);
        }),
        failed: () => sockets.unixgramErrors++,
      });
      return { ...listener, bound: path };
    },
  };
}

/** Options of a listener with connections; lines that are too long are counted. */
function stream(
  { tcpConnections: connections, tcpLineLimit: lineLimit }: StatsdSettings,
  wake: () => void,
  take: Source['take'],
  event: (event: Parameters<StreamOptions['event']>[0], count: number) => void,
): StreamOptions {
  return {
    connections,
    lineLimit,
    take(bytes, start, end) {
      wake();
      const tooLong = take(bytes, start, end, lineLimit);
      if (tooLong > 0) event('too_long', tooLong);
    },
    event: (one) => event(one, 1),
  };
}
