import { extname, join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { ExplainResult, ExplainTask, WorkerStart } from './explain-task.ts';

export interface Explainer {
  /** One task at a time: a second one meanwhile is a bug of the caller. */
  explain(task: ExplainTask): Promise<ExplainResult>;
  /** Bytes of memory that the next task may need in addition. */
  wants(): number;
  close(): Promise<void>;
}

export interface ExplainerOptions extends WorkerStart {
  /** Bytes of the heap of the worker; undefined: enough for any task. */
  readonly heap?: number | undefined;
  /** The longest time of an explanation in milliseconds, the start of the worker included. */
  readonly patience: number;
  /** The worker ends after this many milliseconds without a task. */
  readonly idle: number;
}

const mib = 2 ** 20;
/** Whatever the memory limit is. */
const defaultHeap = 32 * mib;
const youngMib = 4;
/** The memory of a thread beside its heap, and of other work meanwhile: a page, bodies, garbage. */
const thread = 24 * mib;

/** Explains in a worker thread, which runs only while requests come. */
export function createExplainer({ settings, heap = defaultHeap, patience, idle }: ExplainerOptions): Explainer {
  const mebibytes = Math.floor(heap / mib);
  let worker: Promise<Worker> | undefined;
  let idleTimer: NodeJS.Timeout | undefined;

  async function close(): Promise<void> {
    clearTimeout(idleTimer);
    const ending = worker;
    worker = undefined;
    await (await ending)?.terminate();
  }

  async function explain(task: ExplainTask): Promise<ExplainResult> {
    clearTimeout(idleTimer);
    worker ??= startWorker({ settings }, mebibytes);
    const result = await worker
      .then((ready) => answerOf(ready, task, patience))
      .catch((error: unknown) => {
        worker = undefined;
        throw error;
      });
    if (result === undefined) {
      await close();
      return {
        ok: false,
        problem: `This takes more than ${patience / 1000} seconds or ${mebibytes} MiB; metrics-sidecar map has no such limits.`,
      };
    }
    idleTimer = setTimeout(() => void close(), idle);
    idleTimer.unref();
    return result;
  }

  return {
    explain,
    close,
    wants: () => (heap === 0 ? Number.POSITIVE_INFINITY : worker === undefined ? heap + thread : thread / 2),
  };
}

/** The file of the thread lies beside this one, in the sources and in the bundle. */
async function startWorker(start: WorkerStart, mebibytes: number): Promise<Worker> {
  const { Worker } = await import('node:worker_threads');
  const file = join(import.meta.dirname, `explain-worker${extname(import.meta.filename)}`);
  const resourceLimits = { maxOldGenerationSizeMb: mebibytes, maxYoungGenerationSizeMb: youngMib };
  const worker = new Worker(file, { workerData: start, resourceLimits, execArgv: [], env: {} });
  // A failure of the worker belongs to its task, and must not become an exception of this thread.
  worker.on('error', () => {});
  worker.unref();
  return worker;
}

/** @returns undefined: the task took too long or too much memory, or the worker was ended meanwhile. */
function answerOf(worker: Worker, task: ExplainTask, patience: number): Promise<ExplainResult | undefined> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      worker.off('message', answered).off('error', failed).off('exit', ended);
    };
    const answered = (result?: ExplainResult) => {
      settle();
      resolve(result);
    };
    const ended = () => answered();
    const failed = (error: NodeJS.ErrnoException) => {
      settle();
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve(undefined);
      else reject(error);
    };
    const timer = setTimeout(ended, patience);
    worker.on('message', answered).on('error', failed).on('exit', ended);
    worker.postMessage(task);
  });
}
