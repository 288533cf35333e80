import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { readRequest } from '../../inject/request/request.ts';
import type { Context } from '../finding/check.ts';
import type { NamespaceLabels } from './namespaces.ts';
import type { PodRecord } from './pod-record.ts';
import { readProbe } from './probe.ts';
import { readWebhookVersions } from './webhook-versions.ts';

/** The sidecar that a new pod gets; a field is absent where it could not be read. */
export interface NewSidecar {
  readonly version?: string;
  readonly image?: string;
}

/** Reads it from the dry run, else from the webhook itself. */
export async function readNewSidecar(context: Context): Promise<NewSidecar> {
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
 * The differences between an injected pod and one that would be created now.
 *
 * | difference                                          | drift                                 |
 * | --------------------------------------------------- | ------------------------------------- |
 * | its status names another version than the webhook's | both versions                         |
 * | its image is not that of a new pod                  | both images, unless the pod sets its own |
 * | its annotation is "false" now                       | opted out after its injection         |
 * | it asks for other kinds now                         | the kinds                             |
 * | neither annotation nor namespace asks for it now    | nothing asks for it any longer        |
 */
export function driftOf(pod: PodRecord, fresh: NewSidecar, namespaces: NamespaceLabels | undefined): string[] {
  const { status, annotations, image } = pod;
  if (status === undefined) return [];
  const labels = namespaces?.get(pod.namespace);
  const { asked } = readRequest(new Map(Object.entries(annotations)), labels ?? {}, new Map());
  const drift: string[] = [];
  if (fresh.version !== undefined && status.version !== fresh.version) {
    drift.push(`version ${status.version}, the webhook's is ${fresh.version}`);
  }
  // A patch of the container can set its image too.
  const { image: ownImage, 'container-patch': containerPatch } = sidecarAnnotations;
  const hasOwn = Object.hasOwn(annotations, ownImage.key) || Object.hasOwn(annotations, containerPatch.key);
  if (fresh.image !== undefined && image !== fresh.image && !hasOwn) {
    drift.push(`image ${image}, new pods get ${fresh.image}`);
  }
  if (asked === false) drift.push('opted out after its injection');
  else if (asked === undefined && labels !== undefined) drift.push('nothing asks for it any longer');
  else if (asked !== undefined && asked.length > 0 && asked.join() !== status.kinds.join()) {
    drift.push(`asks for ${asked.join(',')} now`);
  }
  return drift;
}
