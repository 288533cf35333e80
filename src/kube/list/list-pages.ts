import { setTimeout as pause } from 'node:timers/promises';
import { type Kube, type KubeObject, type KubeProblem, type KubeResult, metadataOnly } from '../kube.ts';
import { isKubeObject, isObject } from '../object.ts';
import { createLoopGuard } from './loop-guard.ts';
import { nextPageSize, pageLimits, pageMostBytes } from './page-size.ts';

export interface ListRequest {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly metadataOnly?: boolean;
  /**
   * Whether all pages have to be of one version, as a watch needs it. Otherwise a list whose version expires between
   * two pages goes on at the latest one: an object that changed meanwhile may be in it twice or not at all.
   */
  readonly consistent: boolean;
  /**
   * Objects of the first page; the bytes of each page set the size of the next. `pageLimits.first` by default.
   */
  readonly firstPage?: number;
  /** The most objects in all; more is a problem. `pageLimits.objects` by default. */
  readonly mostObjects?: number;
  /** Ends the list between two pages. */
  readonly signal?: AbortSignal;
}

/** A watch goes on from `version`. */
export type ListResult =
  | { readonly ok: true; readonly version: string; readonly consistent: boolean }
  | { readonly ok: false; readonly problem: KubeProblem };

export interface Reader {
  /** Called before the first page, and again where the list starts again: the pages so far do not count then. */
  readonly restart: () => void;
  /** Takes the objects of a page; the next page is requested after that. */
  readonly objects: (page: readonly KubeObject[]) => void | Promise<void>;
}

interface Page {
  readonly version: string;
  readonly next: string | undefined;
  readonly items: readonly KubeObject[];
}

/** How often a list may start again after its version expired, and how often and how long it waits after a 429. */
const retries = { restarts: 3, throttled: 8, waitMost: 30_000, waitDefault: 1000 };

/**
 * Lists a collection in pages and hands each on at once, so that one page alone is in memory. The bytes of a page set
 * the size of the next, since an object has from 1 kB to several MB; every request has a limit. The query has no
 * `resourceVersion`, so that the API server answers with its latest state, never with one that is older than a state
 * seen before (Kubernetes API concepts, "Resource versions").
 */
export async function listAll(kube: Kube, request: ListRequest, { restart, objects }: Reader): Promise<ListResult> {
  const { firstPage = pageLimits.first, mostObjects = pageLimits.objects, signal } = request;
  let size = firstPage;
  let [restarts, throttled] = [0, 0];
  let place = startOfList();
  restart();
  for (;;) {
    if (signal?.aborted) return { ok: false, problem: ended(request) };
    const page = await listPage(kube, request, size, place.next);
    if (page.ok) {
      const { items, next, version } = page.value;
      const read = place.read + items.length;
      if (read > mostObjects) return bad(request, `the list has more than ${mostObjects} objects`);
      await objects(items);
      if (next === undefined) return { ok: true, version, consistent: place.consistent };
      if (!place.guard.goesOn(next)) return bad(request, 'the list has no end: its pages come again');
      size = nextPageSize(size, items.length, page.bytes ?? 0);
      place = { ...place, next, read };
      continue;
    }
    const { problem } = page;
    if (problem.code === 'throttled' && throttled < retries.throttled) {
      throttled += 1;
      await wait(Math.min(problem.retryAfter ?? retries.waitDefault, retries.waitMost), signal);
    } else if (problem.code === 'too_large' && size > 1) {
      // The same page again, with fewer objects.
      size = Math.floor(size / 2);
    } else if (problem.code === 'gone' && !request.consistent && problem.continue !== undefined) {
      if (!place.guard.goesOn(problem.continue)) return page;
      place = { ...place, next: problem.continue, consistent: false };
    } else if (problem.code === 'gone' && place.next !== undefined && restarts < retries.restarts) {
      restarts += 1;
      place = startOfList();
      restart();
    } else {
      return page;
    }
  }
}

function startOfList() {
  return { next: undefined as string | undefined, read: 0, consistent: true, guard: createLoopGuard(pageLimits.pages) };
}

async function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  // Rejects where the signal aborts it; the loop checks the signal next.
  await pause(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}

function ended({ path }: ListRequest): KubeProblem {
  return { code: 'unreachable', message: `GET ${path}: the list was ended` };
}

function bad({ path }: ListRequest, text: string): ListResult & { ok: false } {
  return { ok: false, problem: { code: 'server', status: 200, message: `GET ${path}: 200: ${text}` } };
}

type PageRead = KubeResult<Page>;

async function listPage(kube: Kube, request: ListRequest, limit: number, next: string | undefined): Promise<PageRead> {
  const result = await kube.request<unknown>({
    method: 'GET',
    path: request.path,
    query: { ...request.query, limit: String(limit), ...(next === undefined ? {} : { continue: next }) },
    ...(request.metadataOnly ? { accept: metadataOnly.list } : {}),
    mostBytes: pageMostBytes(limit),
    timeout: 60_000,
  });
  if (!result.ok) return result;
  const page = pageOf(result.value);
  return page === undefined ? bad(request, 'not a list') : { ...result, value: page };
}

function pageOf(value: unknown): Page | undefined {
  if (!isObject(value) || !isObject(value['metadata'])) return undefined;
  const { resourceVersion: version, continue: next } = value['metadata'];
  // Go writes an empty list that was never allocated as null (a PartialObjectMetadataList of 1.35 does).
  const items = value['items'] ?? [];
  if (typeof version !== 'string' || !Array.isArray(items) || !items.every(isKubeObject)) return undefined;
  return { version, items, next: typeof next === 'string' && next !== '' ? next : undefined };
}
