import { type Kube, type KubeObject, type KubeProblem, patchType } from '../../kube/kube.ts';
import type { Result } from '../../result/result.ts';
import type { Restarted } from '../plan/outcomes.ts';
import { readWorkload } from '../workload/read-workload.ts';
import { fieldManager, generationOf, restartAnnotation, type Workload } from '../workload/workload.ts';
import { workloadsPath } from './watch-workloads.ts';

/** Problems after which the same request can have another answer, and of which nobody knows what the server did. */
const passing: ReadonlySet<KubeProblem['code']> = new Set(['unreachable', 'throttled', 'server', 'too_large']);

/**
 * Writes the annotation of `kubectl rollout restart` into the pod template. The version in the patch makes it a
 * conflict where somebody else changed the workload since it was judged.
 * @param at the annotation's value; the same in a repetition, so that it tells whether an earlier request was carried
 *   out
 * @returns the problem of a request that may be repeated
 */
export async function restart(
  kube: Kube,
  { kind, namespace, name }: Workload,
  resourceVersion: string,
  at: string,
): Promise<Result<Restarted, KubeProblem>> {
  const path = `${workloadsPath(kind, namespace)}/${name}`;
  const answer = await kube.request<KubeObject>({
    method: 'PATCH',
    path,
    query: { fieldManager },
    contentType: patchType.merge,
    body: {
      metadata: { resourceVersion },
      spec: { template: { metadata: { annotations: { [restartAnnotation]: at } } } },
    },
  });
  if (answer.ok) return accepted(answer.value);
  const { problem } = answer;
  if (problem.code === 'not_found') return { ok: true, value: { outcome: 'gone' } };
  if (passing.has(problem.code)) return { ok: false, problem };
  if (problem.code !== 'conflict') return { ok: true, value: { outcome: 'refused', why: problem.message } };
  const found = await kube.request<KubeObject>({ method: 'GET', path });
  if (found.ok) {
    const isOurs = readWorkload(kind, found.value).restartedAt === at;
    return isOurs ? accepted(found.value) : { ok: true, value: { outcome: 'conflict', resourceVersion } };
  }
  if (found.problem.code === 'not_found') return { ok: true, value: { outcome: 'gone' } };
  return { ok: false, problem: found.problem };
}

function accepted({ metadata }: KubeObject): { readonly ok: true; readonly value: Restarted } {
  return { ok: true, value: { outcome: 'accepted', generation: generationOf(metadata) } };
}
