import { setTimeout as pause } from 'node:timers/promises';
import { type Kube, type KubeObject, type KubeProblem, type KubeResult, metadataOnly } from '../kube.ts';
import { isKubeObject, isObject } from '../object.ts';
import { createLoopGuard } from './loop-guard.ts';
import { nextPageSize, pageLimits, pageMostBytes } from './page-size.ts';

export interface ListWish {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly metadataOnly?: boolean;
  /**
   * Whether all pages have to be of one version, as a watch needs it. Where not, a list whose version is forgotten
   * between two pages goes on at the latest one: what changed meanwhile may be in it twice or not at all.
   */
  readonly consistent: boolean;
  /**
   * Objects of the first page; later ones have as many as the bytes of those before allow. `pageLimits.first` unless
   * told.
   */
  readonly firstPage?: number;
  /** The most objects in all; more is a problem. `pageLimits.objects` unless told. */
  readonly mostObjects?: number;
  /** Ends the list between two pages. */
  readonly signal?: AbortSignal;
}

/** `version` is what a watch goes on from. */
export type Listed =
  | { readonly ok: true; readonly version: string; readonly consistent: boolean }
  | { readonly ok: false; readonly problem: KubeProblem };

export interface Reader {
  /** Called before the first page, and again before a list that starts again: what was read so far does not count. */
  readonly restart: () => void;
  /** Takes the objects of a page; the next page is asked for when it is done. */
  readonly objects: (page: readonly KubeObject[]) => void | Promise<void>;
}

interface Page {
  readonly version: string;
  readonly next: string | undefined;
  readonly items: readonly KubeObject[];
}

/** How often a list may start again because its version was forgotten, and may be told to wait (429). */
const patience = { restarts: 3, throttled: 8, waitMost: 30_000, waitDefault: 1000 };

/**
 * Lists a collection in pages; what each page holds is handed on at once, so that no more than one is in memory. A page
 * is as large as its bytes allow, since a single object has from 1 kB to several MB; no request is without a limit.
 * Without a `resourceVersion` in the query: the API server answers with its latest state, never with one that is older
 * than what was seen before (Kubernetes API concepts, "Resource versions").
 */
export async function listAll(kube: Kube, wish: ListWish, { restart, objects }: Reader): Promise<Listed> {
  const { firstPage = pageLimits.first, mostObjects = pageLimits.objects, signal } = wish;
  let size = firstPage;
  let [restarts, throttled] = [0, 0];
  let place = startOfList();
  restart();
  for (;;) {
    if (signal?.aborted) return { ok: false, problem: ended(wish) };
    const page = await listPage(kube, wish, size, place.next);
    if (page.ok) {
      const { items, next, version } = page.value;
      const read = place.read + items.length;
      if (read > mostObjects) return bad(wish, `the list has more than ${mostObjects} objects`);
      await objects(items);
      if (next === undefined) return { ok: true, version, consistent: place.consistent };
      if (!place.guard.goesOn(next)) return bad(wish, 'the list has no end: its pages come again');
      size = nextPageSize(size, items.length, page.bytes ?? 0);
      place = { ...place, next, read };
      continue;
    }
    const { problem } = page;
    if (problem.code === 'throttled' && throttled < patience.throttled) {
      throttled += 1;
      await wait(Math.min(problem.retryAfter ?? patience.waitDefault, patience.waitMost), signal);
    } else if (problem.code === 'too_large' && size > 1) {
      // Asked again for less of it, from the same place.
      size = Math.floor(size / 2);
    } else if (problem.code === 'gone' && !wish.consistent && problem.continue !== undefined) {
      if (!place.guard.goesOn(problem.continue)) return page;
      place = { ...place, next: problem.continue, consistent: false };
    } else if (problem.code === 'gone' && place.next !== undefined && restarts < patience.restarts) {
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
  // Rejects where the signal aborts it, which the next turn of the list sees.
  await pause(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}

function ended({ path }: ListWish): KubeProblem {
  return { code: 'unreachable', message: `GET ${path}: the list was ended` };
}

function bad({ path }: ListWish, text: string): Listed & { ok: false } {
  return { ok: false, problem: { code: 'server', status: 200, message: `GET ${path}: 200: ${text}` } };
}

type PageRead = KubeResult<Page>;

async function listPage(kube: Kube, wish: ListWish, limit: number, next: string | undefined): Promise<PageRead> {
  const result = await kube.request<unknown>({
    method: 'GET',
    path: wish.path,
    query: { ...wish.query, limit: String(limit), ...(next === undefined ? {} : { continue: next }) },
    ...(wish.metadataOnly ? { accept: metadataOnly.list } : {}),
    mostBytes: pageMostBytes(limit),
    timeout: 60_000,
  });
  if (!result.ok) return result;
  const page = pageOf(result.value);
  return page === undefined ? bad(wish, 'not a list') : { ...result, value: page };
}

function pageOf(value: unknown): Page | undefined {
  if (!isObject(value) || !isObject(value['metadata'])) return undefined;
  const { resourceVersion: version, continue: next } = value['metadata'];
  // Go writes an empty list that was never made as null (a PartialObjectMetadataList of 1.35 does).
  const items = value['items'] ?? [];
  if (typeof version !== 'string' || !Array.isArray(items) || !items.every(isKubeObject)) return undefined;
  return { version, items, next: typeof next === 'string' && next !== '' ? next : undefined };
}
