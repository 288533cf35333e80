import { lookup } from 'node:dns';
import { statsdFlags } from '../../contract/statsd.ts';
import type { RelayAddress } from '../../contract/statsd-sockets.ts';
import { type Address, address as addressCodec } from '../../flags/codecs.ts';
import type { Result } from '../../result/result.ts';
import type { LandingSection } from '../../runtime/runtime.ts';
import type { LinePipeline } from '../pipeline/line-pipeline.ts';
import {
  type Listener,
  type ListenerFactory,
  listenerFactories,
  type StatsdContext,
  type StatsdSettings,
} from './listener-factories.ts';
import { type Relay, startRelay } from './relay/relay.ts';

/** The longest time between two packets of the relay, as in statsd_exporter. */
const relayMs = 1000;

/** All open listeners. */
export interface Listeners {
  /** The addresses, for the log. */
  readonly bound: Readonly<Record<string, Address | string>>;
  /** The addresses, for the landing page. */
  readonly rows: LandingSection['rows'];
  /** Datagrams that the kernel dropped because the buffer was full; undefined where it does not say. */
  readonly kernelDrops: () => Promise<number | undefined>;
  /** Processes what has arrived, and nothing new; sends the lines of the relay. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export type Listening = Result<Listeners>;

/**
 * Opens every listener that the settings ask for. If one cannot open, the others are closed, and the problem names its
 * flag.
 */
export async function startListeners(
  settings: StatsdSettings,
  pipeline: LinePipeline,
  context: StatsdContext,
): Promise<Listening> {
  const relay =
    settings.relayAddresses.length === 0
      ? undefined
      : startRelay({
          targets: settings.relayAddresses,
          packetLength: settings.relayPacketLength,
          interval: relayMs,
          lookup,
        });
  if (relay !== undefined) pipeline.counters.sockets.relays = relay.counts;
  const open = new Map<ListenerFactory, Listener>();
  const close = async () => {
    await Promise.all([...open.values()].map((listener) => listener.close()));
    await relay?.close();
  };
  const problem =
    (await openAll(listenerFactories(settings, pipeline, context, relay), open)) ??
    relaysToItself(settings.relayAddresses, open);
  if (problem === undefined) return { ok: true, value: listenersOf(open, relay, close) };
  await close();
  return { ok: false, problem };
}

/** Opens one after the other, and adds each to `open`. @returns the reason why one could not. */
async function openAll(
  factories: readonly ListenerFactory[],
  open: Map<ListenerFactory, Listener>,
): Promise<string | undefined> {
  if (factories.length === 0) {
    const { listenUdp, listenTcp, listenUnix, listenUnixgram } = statsdFlags;
    const names = [listenUdp, listenTcp, listenUnix, listenUnixgram].map(({ name }) => `--${name}`);
    return `${names.join(', ')} are all empty: there is nothing to listen on`;
  }
  for (const factory of factories) {
    try {
      open.set(factory, await factory.open());
    } catch (error) {
      return `${factory.flag}: ${(error as Error).message}`;
    }
  }
  return undefined;
}

/** Each line would come back and be relayed again, for ever. */
function relaysToItself(
  targets: readonly RelayAddress[],
  open: ReadonlyMap<ListenerFactory, Listener>,
): string | undefined {
  const own = (target: RelayAddress) =>
    ['127.0.0.1', '::1', 'localhost'].includes(target.host) &&
    [...open].some(
      ([{ key }, { bound }]) => key === target.protocol && typeof bound === 'object' && bound.port === target.port,
    );
  const target = targets.find(own);
  const { name, codec } = statsdFlags.relayAddresses;
  return target && `--${name}=${codec.format([target])}: this process listens there and would relay to itself`;
}

function listenersOf(
  open: ReadonlyMap<ListenerFactory, Listener>,
  relay: Relay | undefined,
  close: () => Promise<void>,
): Listeners {
  const text = (bound: Address | string) => (typeof bound === 'string' ? bound : addressCodec.format(bound));
  const rows = new Map([
    ['UDP', 'off'],
    ['TCP', 'off'],
    ...[...open].map(([{ title }, { bound }]) => [title, text(bound)] as const),
    ...(relay === undefined ? [] : [['Relay', relay.counts.map(({ target }) => target).join(', ')] as const]),
  ]);
  return {
    bound: Object.fromEntries([...open].map(([{ key }, { bound }]) => [key, bound])),
    rows: [...rows],
    kernelDrops: async () => [...open].find(([{ key }]) => key === 'udp')?.[1].drops?.(),
    async drain() {
      await Promise.all([...open.values()].map((listener) => listener.drain()));
      await close();
    },
    close,
  };
}
