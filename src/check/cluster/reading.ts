import type { Kube, KubeObject, KubeResult } from '../../kube/kube.ts';
import { listAll } from '../../kube/list/list-pages.ts';

export interface Listing<T> {
  /** Label and field selectors. */
  readonly query?: Readonly<Record<string, string>>;
  readonly metadataOnly?: boolean;
  /** The part of an object that is kept; undefined for an object that is left out. */
  readonly keep: (object: KubeObject) => T | undefined;
}

/**
 * Lists in pages and holds one page at a time. Pages can be of different moments, since pods come and go in between.
 */
export async function list<T>(
  kube: Kube,
  path: string,
  { query = {}, metadataOnly = false, keep }: Listing<T>,
): Promise<KubeResult<T[]>> {
  let items: T[] = [];
  const restart = () => {
    items = [];
  };
  const objects = (page: readonly KubeObject[]) => {
    for (const object of page) {
      const item = keep(object);
      if (item !== undefined) items.push(item);
    }
  };
  const listed = await listAll(kube, { path, query, metadataOnly, consistent: false }, { restart, objects });
  return listed.ok ? { ok: true, value: items, warnings: [] } : listed;
}

export function get<T>(kube: Kube, path: string): Promise<KubeResult<T>> {
  return kube.request<T>({ method: 'GET', path });
}
