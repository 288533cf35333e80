import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { readRequest } from '../../inject/request/request.ts';
import type { Context } from '../finding/check.ts';
import type { NamespaceLabels } from './namespaces.ts';
import type { PodRecord } from './pod-record.ts';
import { readProbe } from './probe.ts';
import { readWebhookVersions } from './webhook-versions.ts';

/** What a pod that is created now is given; what could not be found out is absent. */
export interface Reference {
  readonly version?: string;
  readonly image?: string;
}

/** What a new pod gets: of the dry run, else of the webhook itself. */
export async function readReference(context: Context): Promise<Reference> {
  const probe = await context.once(readProbe);
  if (probe.ok) {
    const { status, image } = probe.value;
    return { image, ...(status !== undefined && { version: status.version }) };
  }
  const versions = await context.once(readWebhookVersions);
  const [version, ...more] = versions.ok ? versions.value : [];
  return version === undefined || more.length > 0 ? {} : { version };
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
