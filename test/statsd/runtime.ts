import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { statsdFlags } from '../../src/contract/statsd.ts';
import type { MetricStore, StoreLimits } from '../../src/exposition/metric/metric-store.ts';
import { createStore } from '../../src/exposition/store.ts';
import { parseFlags } from '../../src/flags/parse-flags.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { startStatsd } from '../../src/statsd/statsd.ts';

const limits: StoreLimits = {
  families: 5000,
  series: 50_000,
  seriesPerFamily: 10_000,
  labelsPerSeries: 30,
  labelValueBytes: 2048,
};

/** The cause of the error where the runtime refused flags or files: not a bug. */
export const refused = 'refused';

/** A running runtime and how to reach it. */
export interface Running {
  readonly runtime: Runtime;
  readonly store: MetricStore;
  readonly udp: number;
  readonly tcp: number;
  readonly warnings: readonly string[];
  /** The text page with current values. */
  page(): Promise<string>;
  /** The value of a sample line of the page; undefined: there is none. */
  value(sample: string): Promise<number | undefined>;
  /** Resolves when the counter has reached `least`. */
  reached(sample: string, least: number): Promise<void>;
}

/** Starts `statsd` with these flags on free ports of loopback. */
export async function startRuntime(
  flags: readonly string[] = [],
  over: Partial<StoreLimits> = {},
  now: () => number = Date.now,
  monotonic = now,
): Promise<Running> {
  const free = ['listen-udp', 'listen-tcp'].flatMap((name) =>
    flags.some((flag) => flag.startsWith(`--statsd.${name}`)) ? [] : [`--statsd.${name}=127.0.0.1:0`],
  );
  const parsed = parseFlags(statsdFlags, [...free, ...flags]);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'), { cause: refused });
  const warnings: string[] = [];
  const log: Logger = { debug() {}, info() {}, warn: (message) => warnings.push(message), error() {} };
  const store = createStore({ limits: { ...limits, ...over }, now });
  const started = await startStatsd(parsed.settings, { store, log, now, monotonic, page: () => {} });
  if (!started.ok) throw new Error(started.problem, { cause: refused });
  const { value: runtime } = started;
  const port = (name: string) =>
    Number(
      runtime
        .landing()[0]!
        .rows.find(([title]) => title === name)![1]
        .match(/:(\d+)$/)?.[1] ?? 0,
    );
  const page = async () => {
    await runtime.collect!(Date.now() + 1000);
    return store.render('text').toString();
  };
  const value = async (sample: string) => {
    const row = (await page()).split('\n').find((line) => line.startsWith(`${sample} `));
    return row === undefined ? undefined : Number(row.slice(sample.length + 1));
  };
  const reached = async (sample: string, least: number) => {
    while (!(((await value(sample)) ?? 0) >= least)) await new Promise((resolve) => setImmediate(resolve));
  };
  return { runtime, store, udp: port('UDP'), tcp: port('TCP'), warnings, page, value, reached };
}

/** Sends datagrams, in order. */
export async function sendUdp(port: number, datagrams: readonly (Buffer | string)[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams) {
    await new Promise<void>((resolve, reject) =>
      socket.send(datagram, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error))),
    );
  }
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}

/** Sends bytes over a connection of its own; resolves when the other side has closed it. */
export function sendTcp(port: number, bytes: Buffer | string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.resume();
  });
}
