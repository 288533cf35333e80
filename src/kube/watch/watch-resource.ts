import type { Kube, KubeProblem } from '../kube.ts';
import { type ListResult, listAll } from '../list/list-pages.ts';
import { createResourceCopy, type ResourceCopy } from './resource-copy.ts';
import type { ResourceWatch, WatchOptions } from './resource-watch.ts';
import { retryDelay } from './retry-delay.ts';
import { watchNext } from './watch-next.ts';
import { type WatchEnd, type WatchRequest, watchOnce } from './watch-once.ts';

export interface WatchDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Gets the exceptions of the code that keeps the copy; it goes on all the same. */
  readonly failed: (error: unknown) => void;
  /** `watchLimits` by default. */
  readonly limits?: WatchLimits;
}

export interface WatchLimits {
  /** Objects of the first page of a list. */
  readonly firstPage: number;
  /** The most objects; a longer list is a problem. */
  readonly mostObjects: number;
  /** The least seconds of a watch; the most is twice that, so that not all watches are opened again at once. */
  readonly lasting: number;
  /** Milliseconds without an event or bookmark after which a watch counts as dead. Bookmarks come every minute. */
  readonly silence: number;
}

export const watchLimits: WatchLimits = { firstPage: 50, mostObjects: 200_000, lasting: 300, silence: 150_000 };

/** Keeps a copy of a resource up to date until it is stopped: lists it, watches it from there on, and so on. */
export function watchResource<T>(kube: Kube, resource: WatchOptions<T>, deps: WatchDeps): ResourceWatch<T> {
  const copy = createResourceCopy(resource.keep, deps);
  const lifetime: Lifetime = { stopped: false, interrupt: () => {} };
  keepFollowing(kube, resource, copy, deps, lifetime);
  return {
    ...copy.view,
    stop: () => {
      lifetime.stopped = true;
      lifetime.interrupt();
      copy.end();
    },
  };
}

/** Whether the copy is still kept, and the function that ends the request or pause under way. */
interface Lifetime {
  stopped: boolean;
  interrupt: () => void;
}

/** Goes on after an exception, which is a bug of ours: the copy stays, and everything is listed again after a pause. */
async function keepFollowing<T>(
  kube: Kube,
  resource: WatchOptions<T>,
  copy: ResourceCopy<T>,
  deps: WatchDeps,
  lifetime: Lifetime,
): Promise<void> {
  for (let bugs = 1; !lifetime.stopped; bugs++) {
    try {
      await follow(kube, resource, copy, deps, lifetime);
    } catch (error) {
      deps.failed(error);
      const problem: KubeProblem = { code: 'server', message: `watch of ${resource.path}: internal error` };
      copy.fail(problem.message);
      await pause(retryDelay(problem, bugs, deps.random()), lifetime);
    }
  }
}

async function follow<T>(
  kube: Kube,
  resource: WatchOptions<T>,
  copy: ResourceCopy<T>,
  { now, random, limits = watchLimits }: WatchDeps,
  lifetime: Lifetime,
): Promise<void> {
  let version: string | undefined;
  let failures = 0;
  while (!lifetime.stopped) {
    if (version === undefined) {
      const listed = await list(kube, resource, copy, limits, lifetime);
      if (lifetime.stopped) return;
      if (listed.ok) {
        version = listed.version;
      } else {
        failures += 1;
        copy.fail(listed.problem.message);
        await pause(retryDelay(listed.problem, failures, random()), lifetime);
      }
      continue;
    }
    const began = now();
    const lasting = Math.round(limits.lasting * (1 + random()));
    const end = await watch(kube, { ...resource, version, lasting, silence: limits.silence }, copy, lifetime);
    if (lifetime.stopped) return;
    const next = watchNext(resource.path, end, now() - began, failures);
    failures = next.failures;
    version = next.relist ? undefined : end.version;
    if (next.wait === undefined) continue;
    if (next.report) copy.fail(next.wait.message);
    await pause(retryDelay(next.wait, failures, random()), lifetime);
  }
}

async function list<T>(
  kube: Kube,
  resource: WatchOptions<T>,
  copy: ResourceCopy<T>,
  { firstPage, mostObjects }: WatchLimits,
  lifetime: Lifetime,
): Promise<ListResult> {
  let pages = copy.list();
  const restart = () => {
    pages = copy.list();
  };
  const ending = new AbortController();
  lifetime.interrupt = () => ending.abort();
  const request = { ...resource, firstPage, mostObjects, consistent: true, signal: ending.signal };
  const listed = await listAll(kube, request, { restart, objects: (page) => pages.add(page) });
  if (listed.ok && !lifetime.stopped) pages.done();
  return listed;
}

function watch<T>(kube: Kube, request: WatchRequest, copy: ResourceCopy<T>, lifetime: Lifetime): Promise<WatchEnd> {
  const run = watchOnce(kube, request, { opened: copy.confirm, received: copy.apply });
  lifetime.interrupt = run.stop;
  return run.ended;
}

async function pause(milliseconds: number, lifetime: Lifetime): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    lifetime.interrupt = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
