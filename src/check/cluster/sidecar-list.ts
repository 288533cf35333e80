import { groupBy } from '../../lists/group-by.ts';
import type { Context } from '../finding/check.ts';
import type { Read } from '../finding/finding.ts';
import { driftOf, readNewSidecar } from './drift.ts';
import { readInjectedIn } from './injected-pods.ts';
import { readNamespaces } from './namespaces.ts';
import type { PodRecord } from './pod-record.ts';

/** Injected pods of one owner with the same sidecar. */
export interface SidecarGroup {
  readonly namespace: string;
  readonly owner: string;
  readonly pods: readonly string[];
  readonly kinds: readonly string[];
  readonly version: string;
  readonly image: string;
  readonly native: boolean;
  /** The differences from a pod that is created now; an empty list if nothing differs. */
  readonly drift: readonly string[];
}

/** The injected pods of one namespace, or of all, by namespace and owner. */
export async function readSidecars(context: Context, namespace: string | undefined): Promise<Read<SidecarGroup[]>> {
  const injected = await readInjectedIn(context, namespace);
  if (!injected.ok) return injected;
  if (injected.value.length === 0) return { ok: true, value: [] };
  const [fresh, namespaces] = [await context.once(readNewSidecar), await context.once(readNamespaces)];
  const labels = namespaces.ok ? namespaces.value : undefined;
  const groupOf = (pod: PodRecord): Omit<SidecarGroup, 'pods'> => ({
    namespace: pod.namespace,
    owner: pod.owner,
    kinds: pod.status?.kinds ?? [],
    version: pod.status?.version ?? '',
    image: pod.image,
    native: pod.status?.native ?? false,
    drift: driftOf(pod, fresh, labels),
  });
  const groups = [...groupBy(injected.value, (pod) => JSON.stringify(groupOf(pod)))].map(
    ([, pods]): SidecarGroup => ({ ...groupOf(pods[0]!), pods: pods.map(({ name }) => name).sort() }),
  );
  const key = ({ namespace: at, owner }: SidecarGroup) => `${at} ${owner}`;
  return { ok: true, value: groups.sort((a, b) => (key(a) < key(b) ? -1 : 1)) };
}
