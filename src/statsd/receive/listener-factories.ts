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

/** One way in, open. */
export interface Listener {
  /** Where it listens. */
  readonly bound: Address | string;
  /** Datagrams that the kernel dropped for want of buffer; undefined where it does not say. */
  drops?(): Promise<number | undefined>;
  /** Takes in what has arrived; takes no more connections. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** A way in that the settings ask for. */
export interface ListenerFactory {
  readonly key: 'udp' | 'tcp' | 'unix' | 'unixgram';
  readonly title: string;
  /** The flag that asks, as it was given. */
  readonly flag: string;
  open(): Promise<Listener>;
}

/** What every factory is made from. */
interface Source {
  readonly settings: StatsdSettings;
  readonly context: StatsdContext;
  readonly counters: LinePipeline['counters'];
  /** To be called before the lines of one wake. */
  readonly wake: () => void;
  /** Takes in whole lines. @returns how many were longer than `limit`. */
  readonly take: (bytes: Buffer, start: number, end: number, limit: number) => number;
}

/** A datagram cannot be longer than any limit. */
const NO_LIMIT = 2 ** 31 - 1;

/** The ways in that the settings ask for, in the order to open them; lines go to the relay, if there is one, and to `pipeline`. */
export function listenerFactories(
  settings: StatsdSettings,
  pipeline: LinePipeline,
  context: StatsdContext,
  relay: Relay | undefined,
): readonly ListenerFactory[] {
  const wake = () => {
    pipeline.aggregate.now = context.now();
  };
  // Decided once: where nothing is relayed, no line costs a look at it.
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
function given<T>({ name, codec }: Flag<T>, value: T): string {
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
    ...{ key: 'tcp', title: 'TCP', flag: given(statsdFlags.listenTcp, address) },
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
      take(bytes, start, end, NO_LIMIT);
    },
    failed(count: number) {
      counters.udpErrors += count;
    },
    ended: () => counters.sockets.udpWorkersEnded++,
  };
  return {
    ...{ key: 'udp', title: 'UDP', flag: given(statsdFlags.listenUdp, address) },
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

/** Threads cost memory that nobody else needs. */
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
    ...{ key: 'unix', title: 'Unix stream', flag: given(statsdFlags.listenUnix, path) },
    open: async () => ({ ...(await listenUnixStream({ ...options, path, mode })), bound: path }),
  };
}

function unixgram({ settings, context, counters: { sockets }, wake, take }: Source): ListenerFactory | undefined {
  const { listenUnixgram: path, unixsocketMode: mode } = settings;
  if (path === undefined) return undefined;
  return {
    ...{ key: 'unixgram', title: 'Unix datagram', flag: given(statsdFlags.listenUnixgram, path) },
    async open() {
      const listener = await listenUnixgram({
        ...{ path, mode, wake, clock: context.monotonic, load: () => import('unix-dgram') },
        inbox: createInbox((bytes, end, datagrams) => {
          sockets.unixgramPackets += datagrams;
          take(bytes, 0, end, NO_LIMIT);
        }),
        failed: () => sockets.unixgramErrors++,
      });
      return { ...listener, bound: path };
    },
  };
}

/** Options of a listener with connections; too long lines are counted by how many there were. */
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
