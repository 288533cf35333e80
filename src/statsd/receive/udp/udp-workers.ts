import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../../../runtime/logger.ts';
import { eventLoopRound } from '../../../timing/event-loop-round.ts';
import type { OwnSocket } from './proc-net-udp.ts';
import { kernelDrops } from './proc-net-udp.ts';
import { createRing, type RingOutlet, ringOutlet } from './udp-ring.ts';
import type { FromUdpWorker, ToUdpWorker, UdpWorkerData } from './udp-worker-messages.ts';

/**
 * The pause, in ms, before a worker that ended is started again: twice as long each time, until one worker has lived
 * for the longest pause.
 */
const firstRestMs = 100;
const longestRestMs = 10_000;

export interface UdpWorkersOptions extends Pick<UdpWorkerData, 'address' | 'readBuffer'> {
  readonly count: number;
  /** Processes the lines of `bytes` from `start` to `end`, and counts the datagrams. */
  readonly take: (bytes: Buffer, start: number, end: number, datagrams: number) => void;
  /** Called before the lines of one wake. */
  readonly wake: () => void;
  /** Counts reads that failed. */
  readonly failed: (count: number) => void;
  /** Counts a worker that ended unexpectedly. */
  readonly ended: () => void;
  /** Milliseconds of a monotonic clock. */
  readonly clock: () => number;
  readonly log: Logger;
  readonly spawn: (data: UdpWorkerData) => Worker;
}

export interface UdpWorkers {
  /**
   * Datagrams that the kernel dropped because a buffer was full, of all sockets so far; undefined where it does not
   * say.
   */
  drops(): Promise<number | undefined>;
  /** Takes in the datagrams of the receive buffers. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** A worker thread: `udp-worker`, beside this file in the sources and in the bundle. */
export function spawnUdpWorker(data: UdpWorkerData): Worker {
  return new Worker(join(import.meta.dirname, `udp-worker${extname(import.meta.filename)}`), {
    workerData: data,
    name: 'statsd-udp',
    // Reading into a ring makes hardly any garbage.
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
  });
}

/**
 * Threads that receive datagrams, each on a socket of its own; all sockets share one address (SO_REUSEPORT). This
 * thread alone reads the lines, so that they are processed as those of one socket. Rejects where a worker cannot
 * listen, and ends the others.
 */
export async function startUdpWorkers(options: UdpWorkersOptions): Promise<UdpWorkers> {
  const workers: UdpWorkerKeeper[] = [];
  const close = async () => void (await Promise.all(workers.map((worker) => worker.close())));
  try {
    // One after the other: otherwise all of them would look at the descriptors of the process at once.
    for (let i = 0; i < options.count; i++) {
      const worker = new UdpWorkerKeeper(options);
      workers.push(worker);
      await worker.open();
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async drops() {
      const drops = await Promise.all(workers.map((worker) => worker.drops()));
      return drops.every((one) => one === undefined)
        ? undefined
        : drops.reduce((sum: number, one) => sum + (one ?? 0), 0);
    },
    drain: async () => void (await Promise.all(workers.map((worker) => worker.drain()))),
    close,
  };
}

/** Keeps one worker running, and processes its datagrams. */
class UdpWorkerKeeper {
  readonly #options: UdpWorkersOptions;
  readonly #ring = createRing();
  readonly #outlet: RingOutlet;
  #worker: Worker | undefined;
  #own: OwnSocket | undefined;
  /** The drops of sockets whose workers ended, so that the total does not fall. */
  #dropsBefore = 0;
  #dropsNow: number | undefined;
  #drained = () => {};
  #rest = firstRestMs;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: UdpWorkersOptions) {
    this.#options = options;
    this.#outlet = ringOutlet(this.#ring);
  }

  /** Resolves when the worker listens; rejects where it cannot. */
  async open(): Promise<void> {
    await this.#start();
    void this.#serve();
  }

  async drops(): Promise<number | undefined> {
    const own = this.#own;
    const [drops] = own === undefined ? [] : await kernelDrops([own]);
    // The worker may have ended meanwhile.
    if (drops !== undefined && own === this.#own) this.#dropsNow = drops;
    return this.#dropsNow === undefined && this.#dropsBefore === 0
      ? undefined
      : this.#dropsBefore + (this.#dropsNow ?? 0);
  }

  async drain(): Promise<void> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    if (worker !== undefined) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
        worker.postMessage('drain' satisfies ToUdpWorker);
      });
    }
    while (this.#take());
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#outlet.release();
    await this.#worker?.terminate();
  }

  async #serve(): Promise<void> {
    while (!this.#closed) {
      // A whole ring is about 2 ms of work; other work runs in between.
      await (this.#take() ? eventLoopRound() : this.#outlet.more());
    }
  }

  #take(): boolean {
    const stretch = this.#outlet.next();
    const { datagrams, errors } = this.#outlet.counts();
    if (errors > 0) this.#options.failed(errors);
    if (stretch === undefined) return false;
    this.#options.wake();
    this.#options.take(this.#outlet.bytes, stretch.start, stretch.end, datagrams);
    this.#outlet.free(stretch);
    return true;
  }

  #start(): Promise<void> {
    const { address, readBuffer, spawn, clock, log } = this.#options;
    const began = clock();
    return new Promise((resolve, reject) => {
      const worker = spawn({ address, readBuffer, ring: this.#ring });
      let problem: string | undefined;
      let listening = false;
      this.#worker = worker;
      worker.on('message', (message: FromUdpWorker) => {
        if (message.kind === 'warning') log.warn(message.message, message.fields);
        else if (message.kind === 'drained') this.#drained();
        else if (message.kind === 'refused') {
          problem = message.problem;
          void worker.terminate();
        } else {
          this.#own = message.own;
          listening = true;
          resolve();
        }
      });
      worker.on('error', (error: Error) => {
        problem = error.message;
      });
      worker.on('exit', (code) => {
        const why = problem ?? `it ended with code ${code}`;
        this.#ended();
        if (!listening) reject(new Error(why));
        else this.#replace(why, clock() - began);
      });
    });
  }

  #ended(): void {
    this.#worker = undefined;
    this.#own = undefined;
    this.#dropsBefore += this.#dropsNow ?? 0;
    this.#dropsNow = undefined;
    this.#drained();
  }

  /** Meanwhile the kernel gives its senders to the other sockets. */
  #replace(why: string, lived: number): void {
    if (this.#closed) return;
    const { ended, log } = this.#options;
    ended();
    if (lived >= longestRestMs) this.#rest = firstRestMs;
    log.error('statsd: a UDP worker ended, another one takes its place', { error: why, after: this.#rest });
    this.#timer = setTimeout(() => {
      this.#start().catch((error: Error) => this.#replace(error.message, 0));
    }, this.#rest);
    this.#rest = Math.min(longestRestMs, this.#rest * 2);
  }
}
