import { label } from '../../contract/names.ts';
import type { Context } from '../finding/check.ts';
import { type Read, unread } from '../finding/finding.ts';
import { type PodRecord, podRecord } from './pod-record.ts';
import { list } from './reading.ts';

export const podsPath = (namespace?: string) =>
  namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${namespace}/pods`;

/** The injected pods of one namespace, or of all. */
export async function readInjectedIn({ kube }: Context, namespace?: string): Promise<Read<PodRecord[]>> {
  const pods = await list(kube, podsPath(namespace), {
    query: { labelSelector: `${label.injected}=true`, fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' },
    // A copied template can carry the label alone.
    keep: (pod) => {
      const record = podRecord(pod);
      return record.status?.injected ? record : undefined;
    },
  });
  return pods.ok ? pods : { ok: false, problem: unread(pods.problem, 'list pods') };
}

export function readInjected(context: Context): Promise<Read<PodRecord[]>> {
  return readInjectedIn(context);
}
