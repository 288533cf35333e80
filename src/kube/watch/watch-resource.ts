import type { Kube, KubeProblem } from '../kube.ts';
import { type Listed, listAll } from '../list/list-pages.ts';
import { type Copy, createCopy } from './resource-copy.ts';
import { retryDelay } from './retry-delay.ts';
import { watchNext } from './watch-next.ts';
import { type WatchEnd, type WatchWish, watchOnce } from './watch-once.ts';
import type { Watched, WatchedResource } from './watched.ts';

export interface WatchDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Gets what was thrown while the copy was kept; it is kept on all the same. */
  readonly failed: (error: unknown) => void;
  /** `watchLimits` where nothing is said. */
  readonly limits?: WatchLimits;
}

export interface WatchLimits {
  /** Objects of the first page of a list. */
  readonly firstPage: number;
  /** Objects at most; a list of more is a problem. */
  readonly mostObjects: number;
  /** Seconds that a watch lasts at least, and twice that at most: so that not all of them are opened anew at once. */
  readonly lasting: number;
  /** Milliseconds without an event or bookmark after which a watch counts as dead. Bookmarks come every minute. */
  readonly silence: number;
}

export const watchLimits: WatchLimits = { firstPage: 50, mostObjects: 200_000, lasting: 300, silence: 150_000 };

/** Keeps a copy of a resource up to date until it is stopped: lists it, watches it from there on, and so on. */
export function watchResource<T>(kube: Kube, resource: WatchedResource<T>, deps: WatchDeps): Watched<T> {
  const copy = createCopy(resource.keep, deps);
  const life: Life = { stopped: false, interrupt: () => {} };
  keepFollowing(kube, resource, copy, deps, life);
  return {
    ...copy.seen,
    stop: () => {
      life.stopped = true;
      life.interrupt();
      copy.end();
    },
  };
}

/** How what is under way is told that it is over. */
interface Life {
  stopped: boolean;
  interrupt: () => void;
}

/** An exception is a bug of ours; the copy stays as it is, and everything is listed again after a rest. */
async function keepFollowing<T>(
  kube: Kube,
  resource: WatchedResource<T>,
  copy: Copy<T>,
  deps: WatchDeps,
  life: Life,
): Promise<void> {
  for (let bugs = 1; !life.stopped; bugs++) {
    try {
      await follow(kube, resource, copy, deps, life);
    } catch (error) {
      deps.failed(error);
      const problem: KubeProblem = { code: 'server', message: `watch of ${resource.path}: internal error` };
      copy.fail(problem.message);
      await pause(retryDelay(problem, bugs, deps.random()), life);
    }
  }
}

async function follow<T>(
  kube: Kube,
  resource: WatchedResource<T>,
  copy: Copy<T>,
  { now, random, limits = watchLimits }: WatchDeps,
  life: Life,
): Promise<void> {
  let version: string | undefined;
  let failures = 0;
  while (!life.stopped) {
    if (version === undefined) {
      const listed = await list(kube, resource, copy, limits, life);
      if (life.stopped) return;
      if (listed.ok) {
        version = listed.version;
      } else {
        failures += 1;
        copy.fail(listed.problem.message);
        await pause(retryDelay(listed.problem, failures, random()), life);
      }
      continue;
    }
    const began = now();
    const lasting = Math.round(limits.lasting * (1 + random()));
    const end = await watch(kube, { ...resource, version, lasting, silence: limits.silence }, copy, life);
    if (life.stopped) return;
    const next = watchNext(resource.path, end, now() - began, failures);
    failures = next.failures;
    version = next.relist ? undefined : end.version;
    if (next.wait === undefined) continue;
    if (next.tell) copy.fail(next.wait.message);
    await pause(retryDelay(next.wait, failures, random()), life);
  }
}

async function list<T>(
  kube: Kube,
  resource: WatchedResource<T>,
  copy: Copy<T>,
  { firstPage, mostObjects }: WatchLimits,
  life: Life,
): Promise<Listed> {
  let pages = copy.list();
  const restart = () => {
    pages = copy.list();
  };
  const ending = new AbortController();
  life.interrupt = () => ending.abort();
  const wish = { ...resource, firstPage, mostObjects, consistent: true, signal: ending.signal };
  const listed = await listAll(kube, wish, { restart, objects: (page) => pages.add(page) });
  if (listed.ok && !life.stopped) pages.done();
  return listed;
}

function watch<T>(kube: Kube, wish: WatchWish, copy: Copy<T>, life: Life): Promise<WatchEnd> {
  const run = watchOnce(kube, wish, { opened: copy.confirm, told: copy.take });
  life.interrupt = run.stop;
  return run.ended;
}

async function pause(milliseconds: number, life: Life): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    life.interrupt = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
