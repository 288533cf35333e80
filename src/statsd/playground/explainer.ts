import { extname, join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { Done, Task, WorkerStart } from './explain-task.ts';

export interface Explainer {
  /** One at a time: what is asked while another is under way is a mistake of the caller. */
  explain(task: Task): Promise<Done>;
  /** Bytes of memory that the next task may take beside what is taken already. */
  wants(): number;
  close(): Promise<void>;
}

export interface ExplainerOptions extends WorkerStart {
  /** Bytes of the worker's heap; undefined: as many as it ever needs. */
  readonly heap?: number | undefined;
  /** Milliseconds that an explanation may take, the start of the worker included. */
  readonly patience: number;
  /** Milliseconds without a task after which the worker ends. */
  readonly idle: number;
}

const MIB = 2 ** 20;
/** Whatever the memory limit is. */
const DEFAULT_HEAP = 32 * MIB;
const YOUNG_MIB = 4;
/** What a thread takes beside its heap, and what the others go on to take meanwhile: a page, bodies, garbage. */
const THREAD = 24 * MIB;

/** Explains in a worker thread, which is there only while somebody asks. */
export function createExplainer({ settings, heap = DEFAULT_HEAP, patience, idle }: ExplainerOptions): Explainer {
  const mebibytes = Math.floor(heap / MIB);
  let worker: Promise<Worker> | undefined;
  let idleTimer: NodeJS.Timeout | undefined;

  async function close(): Promise<void> {
    clearTimeout(idleTimer);
    const ending = worker;
    worker = undefined;
    await (await ending)?.terminate();
  }

  async function explain(task: Task): Promise<Done> {
    clearTimeout(idleTimer);
    worker ??= startWorker({ settings }, mebibytes);
    const done = await worker
      .then((ready) => answerOf(ready, task, patience))
      .catch((error: unknown) => {
        worker = undefined;
        throw error;
      });
    if (done === undefined) {
      await close();
      return {
        ok: false,
        problem: `This takes more than ${patience / 1000} seconds or ${mebibytes} MiB; metrics-sidecar map has no such limits.`,
      };
    }
    idleTimer = setTimeout(() => void close(), idle);
    idleTimer.unref();
    return done;
  }

  return {
    explain,
    close,
    wants: () => (heap === 0 ? Number.POSITIVE_INFINITY : worker === undefined ? heap + THREAD : THREAD / 2),
  };
}

/** The thread's file lies beside this one, in the sources and in the bundle. */
async function startWorker(start: WorkerStart, mebibytes: number): Promise<Worker> {
  const { Worker } = await import('node:worker_threads');
  const file = join(import.meta.dirname, `explain-worker${extname(import.meta.filename)}`);
  const resourceLimits = { maxOldGenerationSizeMb: mebibytes, maxYoungGenerationSizeMb: YOUNG_MIB };
  const worker = new Worker(file, { workerData: start, resourceLimits, execArgv: [], env: {} });
  // What it dies of is a matter of the task that it has then, and never an exception of this thread.
  worker.on('error', () => {});
  worker.unref();
  return worker;
}

/** @returns undefined where it took too long or too much memory, or the worker was ended meanwhile. */
function answerOf(worker: Worker, task: Task, patience: number): Promise<Done | undefined> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      worker.off('message', answered).off('error', failed).off('exit', ended);
    };
    const answered = (done?: Done) => {
      settle();
      resolve(done);
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
