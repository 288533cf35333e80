import type { Kube, KubeObject, KubeResult } from '../../kube/kube.ts';
import { listAll } from '../../kube/list/list-pages.ts';

export interface Listing<T> {
  /** Selectors. */
  readonly query?: Readonly<Record<string, string>>;
  readonly metadataOnly?: boolean;
  /** What is kept of an object; `undefined` of those that are of no interest. */
  readonly keep: (object: KubeObject) => T | undefined;
}

/**
 * Lists in pages, of which one is in memory at a time. A report may be of several moments: pods come and go meanwhile.
 */
export async function list<T>(
  kube: Kube,
  path: string,
  { query = {}, metadataOnly = false, keep }: Listing<T>,
): Promise<KubeResult<T[]>> {
  let kept: T[] = [];
  const restart = () => {
    kept = [];
  };
  const objects = (page: readonly KubeObject[]) => {
    for (const object of page) {
      const one = keep(object);
      if (one !== undefined) kept.push(one);
    }
  };
  const listed = await listAll(kube, { path, query, metadataOnly, consistent: false }, { restart, objects });
  return listed.ok ? { ok: true, value: kept, warnings: [] } : listed;
}

export function get<T>(kube: Kube, path: string): Promise<KubeResult<T>> {
  return kube.request<T>({ method: 'GET', path });
}
