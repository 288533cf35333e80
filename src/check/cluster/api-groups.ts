import type { V1APIGroup } from '@kubernetes/client-node';
import type { Context } from '../finding/check.ts';
import { type Read, unread } from '../finding/finding.ts';
import { get } from './reading.ts';

/** The versions in which the cluster serves an API group; none where it does not serve it. */
export async function readGroup({ kube }: Context, group: string): Promise<Read<readonly string[]>> {
  const answer = await get<Pick<V1APIGroup, 'versions'>>(kube, `/apis/${group}`);
  if (answer.ok) return { ok: true, value: (answer.value.versions ?? []).map(({ version }) => version) };
  if (answer.problem.code === 'not_found') return { ok: true, value: [] };
  return { ok: false, problem: unread(answer.problem, `read API group ${group}`) };
}
