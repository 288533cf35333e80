import { sidecarAnnotations } from '../contract/annotations.ts';
import { label } from '../contract/names.ts';
import { readRequest } from '../inject/request/request.ts';
import type { Context } from './check.ts';
import { type Read, unread } from './finding.ts';
import type { NamespaceLabels } from './namespaces.ts';
import { type PodRecord, podRecord } from './pod-record.ts';
import { list } from './reading.ts';

export const podsPath = (namespace?: string) =>
  namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${namespace}/pods`;

/** Pods that carry the label of the injected; in one namespace, or in all. */
export async function readInjectedIn({ kube }: Context, namespace?: string): Promise<Read<PodRecord[]>> {
  const found = await list(kube, podsPath(namespace), {
    query: { labelSelector: `${label.injected}=true`, fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' },
    // A label alone may have come with a copied template.
    keep: (pod) => {
      const record = podRecord(pod);
      return record.status?.injected ? record : undefined;
    },
  });
  return found.ok ? found : { ok: false, finding: unread(found.problem, 'list pods') };
}

export function readInjected(context: Context): Promise<Read<PodRecord[]>> {
  return readInjectedIn(context);
}

/** What a pod that is created now is given; what could not be found out is absent. */
export interface Reference {
  readonly version?: string;
  readonly image?: string;
}

/**
 * In what an injected pod differs from one that would be created now.
 *
 * | what                                        | says                          |
 * | ------------------------------------------- | ----------------------------- |
 * | status.version is not the webhook's         | version                       |
 * | the image is not what a new pod gets        | image, unless the pod names one |
 * | the annotation says "false" now             | opted out                     |
 * | other kinds are asked for now               | kinds                         |
 * | nothing asks any longer                     | asked for by nobody           |
 */
export function driftOf(pod: PodRecord, reference: Reference, namespaces: NamespaceLabels | undefined): string[] {
  const { status, annotations, image } = pod;
  if (status === undefined) return [];
  const labels = namespaces?.get(pod.namespace);
  const { asked } = readRequest(new Map(Object.entries(annotations)), labels ?? {}, new Map());
  const drift: string[] = [];
  if (reference.version !== undefined && status.version !== reference.version) {
    drift.push(`version ${status.version}, the webhook's is ${reference.version}`);
  }
  const hasOwn = Object.hasOwn(annotations, sidecarAnnotations.image.key);
  if (reference.image !== undefined && image !== reference.image && !hasOwn) {
    drift.push(`image ${image}, new pods get ${reference.image}`);
  }
  if (asked === false) drift.push('opted out since');
  else if (asked === undefined && labels !== undefined) drift.push('nothing asks for it any longer');
  else if (asked !== undefined && asked.length > 0 && asked.join() !== status.kinds.join()) {
    drift.push(`asks for ${asked.join(',')} now`);
  }
  return drift;
}
