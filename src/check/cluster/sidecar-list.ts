import { groupBy } from '../../lists/group-by.ts';
import type { Context } from '../finding/check.ts';
import type { Read } from '../finding/finding.ts';
import { driftOf, readReference } from './drift.ts';
import { readInjectedIn } from './injected-pods.ts';
import { readNamespaces } from './namespaces.ts';
import type { PodRecord } from './pod-record.ts';

/** Injected pods of one owner that are all alike. */
export interface Sidecars {
  readonly namespace: string;
  readonly owner: string;
  readonly pods: readonly string[];
  readonly kinds: readonly string[];
  readonly version: string;
  readonly image: string;
  readonly native: boolean;
  /** In what they differ from a pod that is created now; empty: in nothing. */
  readonly drift: readonly string[];
}

/** What is injected, in one namespace or in all, by namespace and owner. */
export async function readSidecars(context: Context, namespace: string | undefined): Promise<Read<Sidecars[]>> {
  const injected = await readInjectedIn(context, namespace);
  if (!injected.ok) return injected;
  if (injected.value.length === 0) return { ok: true, value: [] };
  const [reference, namespaces] = [await context.once(readReference), await context.once(readNamespaces)];
  const labels = namespaces.ok ? namespaces.value : undefined;
  const one = (pod: PodRecord): Omit<Sidecars, 'pods'> => ({
    namespace: pod.namespace,
    owner: pod.owner,
    kinds: pod.status?.kinds ?? [],
    version: pod.status?.version ?? '',
    image: pod.image,
    native: pod.status?.native ?? false,
    drift: driftOf(pod, reference, labels),
  });
  const groups = [...groupBy(injected.value, (pod) => JSON.stringify(one(pod)))].map(
    ([, pods]): Sidecars => ({ ...one(pods[0]!), pods: pods.map(({ name }) => name).sort() }),
  );
  const key = ({ namespace: at, owner }: Sidecars) => `${at} ${owner}`;
  return { ok: true, value: groups.sort((a, b) => (key(a) < key(b) ? -1 : 1)) };
}
