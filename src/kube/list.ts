import { type Kube, type KubeObject, type KubeProblem, type KubeResult, metadataOnly } from './kube.ts';
import { isObject } from './watch-event.ts';

export interface ListWish {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly metadataOnly?: boolean;
  /** Objects to a page. */
  readonly pageSize: number;
}

/** `version` is what a watch goes on from. */
export type Listed =
  | { readonly ok: true; readonly version: string }
  | { readonly ok: false; readonly problem: KubeProblem };

interface Page {
  readonly version: string;
  readonly next: string | undefined;
  readonly items: readonly KubeObject[];
}

/**
 * Lists a collection in pages; what each page holds is handed on at once, so that no more than one is in memory. Without
 * a `resourceVersion` in the query: the API server answers with its latest state, never with one that is older than
 * what was seen before (Kubernetes API concepts, "Resource versions"). All pages are of one version; if that is too old
 * before the last one was read (410), all is asked for at once.
 * @param restart called before the first page, and again before a list that starts anew
 */
export async function listAll(
  kube: Kube,
  wish: ListWish,
  { restart, objects }: { restart: () => void; objects: (page: readonly KubeObject[]) => void },
): Promise<Listed> {
  restart();
  let next: string | undefined;
  let limit: number | undefined = wish.pageSize;
  for (;;) {
    const page = await listPage(kube, wish, limit, next);
    if (page.ok) {
      objects(page.value.items);
      next = page.value.next;
      if (next === undefined) return { ok: true, version: page.value.version };
    } else if (page.problem.code === 'gone' && next !== undefined) {
      restart();
      limit = undefined;
      next = undefined;
    } else {
      return page;
    }
  }
}

async function listPage(
  kube: Kube,
  wish: ListWish,
  limit: number | undefined,
  next: string | undefined,
): Promise<KubeResult<Page>> {
  const result = await kube.request<unknown>({
    method: 'GET',
    path: wish.path,
    query: {
      ...wish.query,
      ...(limit === undefined ? {} : { limit: String(limit) }),
      ...(next === undefined ? {} : { continue: next }),
    },
    ...(wish.metadataOnly ? { accept: metadataOnly.list } : {}),
    timeout: 60_000,
  });
  if (!result.ok) return result;
  const page = pageOf(result.value);
  if (page !== undefined) return { ...result, value: page };
  return { ok: false, problem: { code: 'server', status: 200, message: `GET ${wish.path}: 200: not a list` } };
}

function pageOf(value: unknown): Page | undefined {
  if (!isObject(value) || !isObject(value['metadata'])) return undefined;
  const { resourceVersion: version, continue: next } = value['metadata'];
  // Go writes an empty list that was never made as null.
  const items = value['items'] ?? [];
  if (typeof version !== 'string' || !Array.isArray(items) || !items.every(isNamed)) return undefined;
  return { version, items, next: typeof next === 'string' && next !== '' ? next : undefined };
}

function isNamed(item: unknown): item is KubeObject {
  return isObject(item) && isObject(item['metadata']) && typeof item['metadata']['name'] === 'string';
}
