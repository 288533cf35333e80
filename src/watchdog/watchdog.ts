import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What the thread is given when it starts. */
export interface WatchdogData {
  /** One number, that goes up while the event loop turns. */
  readonly beats: SharedArrayBuffer;
  /** Milliseconds that the event loop may stand still. */
  readonly limit: number;
  /** Milliseconds between two looks, and between two beats. */
  readonly interval: number;
  readonly format: 'json' | 'logfmt';
}

export interface WatchdogOptions {
  /** Milliseconds that the event loop may stand still; 0: for ever, and there is no thread. */
  readonly limit: number;
  /** Of the log line that says why the process ends. */
  readonly format: 'json' | 'logfmt';
  /** The thread cannot run or ended: nobody watches any longer. */
  readonly failed: (problem: string) => void;
}

const standard = 30_000;
/** Bytes. A smaller container is left the 10 MB that the thread takes, which is half of what it has for data. */
const leastMemory = 96 * 2 ** 20;

/**
 * How long the event loop may stand still, in milliseconds.
 *
 * @param asked by the flag; undefined: not at all
 * @param memoryLimit of the container, in bytes; 0 or undefined: none
 */
export function watchdogLimit(asked: number | undefined, memoryLimit = 0): number {
  return asked ?? (memoryLimit > 0 && memoryLimit < leastMemory ? 0 : standard);
}

/** Above this a look costs less than can be measured. */
const mostIntervalMs = 1000;
/** Looks in the time of the limit, so that it ends nearly to the point. */
const looks = 10;

/**
 * Ends the process, with the stack in the log, when its event loop stands still: a thread of its own looks whether the
 * loop turns. It counts its own looks and asks no clock, so a process that was stopped or a machine that slept is no
 * reason. Keeps no process alive.
 *
 * @returns ends the watch
 */
export function startWatchdog({ limit, format, failed }: WatchdogOptions): () => void {
  if (limit === 0) return () => {};
  const interval = Math.max(1, Math.min(mostIntervalMs, Math.ceil(limit / looks)));
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const workerData: WatchdogData = { beats: beats.buffer as SharedArrayBuffer, limit, interval, format };
  const thread = new Worker(join(import.meta.dirname, `watchdog-thread${extname(import.meta.filename)}`), {
    workerData,
    name: 'watchdog',
    env: {},
    execArgv: [],
    // Debugging tells it of every script that the process has loaded; the rest is nothing.
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
  });
  const timer = setInterval(() => Atomics.add(beats, 0, 1), interval);
  timer.unref();
  thread.unref();
  const stop = () => {
    clearInterval(timer);
    thread.removeAllListeners('exit');
    void thread.terminate();
  };
  thread.once('error', (error) => failed(String(error)));
  thread.once('exit', (code) => failed(`it ended with ${code}`));
  return stop;
}
