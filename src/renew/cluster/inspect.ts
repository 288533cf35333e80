import { driftOf, type NewSidecar } from '../../check/cluster/drift.ts';
import { podsPath } from '../../check/cluster/injected-pods.ts';
import { selectorText } from '../../check/cluster/label-selector.ts';
import type { NamespaceLabels } from '../../check/cluster/namespaces.ts';
import { podRecord } from '../../check/cluster/pod-record.ts';
import { list } from '../../check/cluster/reading.ts';
import { label } from '../../contract/names.ts';
import { sidecarAbsence } from '../../inject/request/absent-sidecar.ts';
import type { Kube, KubeObject, KubeProblem } from '../../kube/kube.ts';
import type { Result } from '../../result/result.ts';
import type { Inspected } from '../plan/outcomes.ts';
import { ownerOf, type Workload } from '../workload/workload.ts';

/** The sidecar that pods should have. */
export interface Expected {
  readonly fresh: NewSidecar;
  readonly namespaces: NamespaceLabels;
}

/** Reads the pods of a workload, and says whether a sidecar of them is still outdated or missing. */
export async function inspect(
  kube: Kube,
  workload: Workload,
  expected: Expected,
): Promise<Result<Inspected, KubeProblem>> {
  const found = await list(kube, podsPath(workload.namespace), {
    query: {
      labelSelector: selectorText(workload.selector),
      fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
    },
    keep: (pod) => faultOf(pod, workload, expected),
  });
  if (!found.ok) return found;
  const [fault] = found.value;
  return { ok: true, value: fault === undefined ? { outcome: 'renewed' } : { outcome: 'unchanged', why: fault } };
}

function faultOf(pod: KubeObject, workload: Workload, { fresh, namespaces }: Expected): string | undefined {
  const { metadata } = pod;
  const record = podRecord(pod);
  if (metadata.deletionTimestamp !== undefined || record.owner !== ownerOf(workload)) return undefined;
  if (record.labels[label.injected] === 'true') {
    const drift = driftOf(record, fresh, namespaces.get(workload.namespace) && namespaces);
    return drift.length === 0 ? undefined : `pod ${metadata.name} is new and still outdated: ${drift.join('; ')}`;
  }
  const absence = sidecarAbsence(metadata, namespaces.get(workload.namespace) ?? {});
  if (absence === undefined) return undefined;
  const why =
    absence === 'missed'
      ? 'the API server did not reach the webhook; see metrics-sidecar check'
      : `the webhook refused it: ${record.status?.reasons.join('; ') ?? ''}`;
  return `pod ${metadata.name} is new and has no sidecar: ${why}`;
}
