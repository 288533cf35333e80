import { type Access, accessText, deniedToSelf } from '../../check/cluster/access-review.ts';
import type { Kube } from '../../kube/kube.ts';
import type { Completion } from '../../result/result.ts';
import { workloadKinds } from '../workload/workload.ts';

/** The rights that a run needs in its namespace, or in all. */
function neededRights(namespace: string | undefined, isDryRun: boolean): readonly Access[] {
  const place = namespace === undefined ? {} : { namespace };
  const watched = ['list', 'watch'];
  return [
    { verb: 'list', group: '', resource: 'pods', ...place },
    ...workloadKinds.flatMap((kind) =>
      [...watched, ...(isDryRun ? [] : ['get', 'patch'])].map((verb) => ({
        verb,
        group: 'apps',
        resource: `${kind}s`,
        ...place,
      })),
    ),
    ...watched.map((verb) => ({ verb, group: 'policy', resource: 'poddisruptionbudgets', ...place })),
  ];
}

/** Asks before anything is restarted, so that no run ends half way for a missing right. */
export async function checkRights(
  kube: Kube,
  namespace: string | undefined,
  isDryRun: boolean,
): Promise<Completion<readonly string[]>> {
  const denied = await deniedToSelf(kube, neededRights(namespace, isDryRun));
  if (!denied.ok) return { ok: false, problem: [`could not ask what you may do: ${denied.problem.message}`] };
  const problem = denied.value.map((access) => `you may not ${accessText(access)}`);
  return problem.length === 0 ? { ok: true } : { ok: false, problem };
}
