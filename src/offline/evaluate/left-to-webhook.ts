import type { Reason } from '../../inject/outcome/outcome.ts';
import { reason } from '../../inject/outcome/reason-text.ts';
import { injectAnnotation } from '../../kinds/annotations.ts';
import type { ManifestObject, PodLocation } from '../../manifest/objects.ts';
import { groupOf } from '../../pod-templates/find-templates.ts';
import { knownKind } from '../../pod-templates/known-kinds.ts';

/**
 * Whether `inject` leaves the templates of an object as they are, because no --pod-template-path names them: the schema
 * of a custom resource may drop fields that a sidecar needs, such as `restartPolicy` of an init container, and a pod
 * without that field would never start.
 */
export function isLeftToWebhook({ form }: Pick<ManifestObject, 'form'>): boolean {
  return form === 'known' || form === 'found';
}

/** The reason for a template that asks for a sidecar and is left to the webhook. */
export function leftToWebhook(object: ManifestObject, location: PodLocation): Reason {
  const group = groupOf(object.apiVersion);
  const refuses = knownKind(group, object.kind)?.refuses;
  const steps = location.path.slice(object.path.length).map((step) => (typeof step === 'number' ? '[*]' : `.${step}`));
  const path = steps.join('').replace(/^\./, '');
  const detail =
    refuses === undefined
      ? `the webhook injects its pods, or here --pod-template-path='${object.kind}.${group}=${path}'`
      : `${refuses}; the webhook injects its pods`;
  return reason('template_custom', injectAnnotation.inject.key, detail);
}
