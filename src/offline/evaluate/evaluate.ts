import { injectPod, injectService } from '../../inject/inject.ts';
import type { Outcome, Reason } from '../../inject/outcome/outcome.ts';
import type { Facts } from '../../inject/pod/namespace-facts.ts';
import type { InjectSettings } from '../../inject/request/settings.ts';
import { isControlled, misplaced } from '../../inject/request/workload.ts';
import { isObject, type JsonObject, objectOf, textOf } from '../../json/json.ts';
import { pointer } from '../../json/operation.ts';
import { type ManifestObject, objectsOf, type PodPlace } from '../../manifest/objects.ts';
import type { PodTemplatePath } from '../../manifest/pod-template-path.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';
import type { Knowledge } from './cluster-context.ts';
import { refusedWhole, withTexts } from './non-text-values.ts';

/** What the engine says about one object. */
export interface Examined {
  readonly document: ManifestDocument;
  readonly object: ManifestObject;
  /** Empty where the object has no pods and is no Service, and where a controller made it. */
  readonly judged: readonly Judged[];
  /**
   * What is wrong with annotations and labels outside of the pods, or is no text; subjects are paths from the object.
   */
  readonly misplaced: readonly Reason[];
}

export interface Judged {
  readonly subject: 'pod' | 'template' | 'service';
  /** Where the pod, the template or the Service stands; the paths of the outcome's patch go on from here. */
  readonly place: PodPlace;
  readonly outcome: Outcome;
}

/** Judges the objects of a document as the webhook does when they are applied, and when their pods are created. */
export function examine(
  document: ManifestDocument,
  paths: readonly PodTemplatePath[],
  knowledge: Knowledge,
): readonly Examined[] {
  return objectsOf(document, paths).map((found) => {
    const { object, reasons: notTexts } = withTexts(document, found);
    const judged = placesOf(object).map(({ subject, place }) => {
      const given = { facts: knowledge.facts(object.namespace), settings: knowledge.settings };
      const outcome = judge(object, subject, place, given);
      return { subject, place, outcome: notTexts.length === 0 ? outcome : refusedWhole(outcome) };
    });
    const lost = isLinted(object) ? misplaced(object.value) : [];
    return { document, object, judged, misplaced: [...notTexts, ...lost] };
  });
}

/**
 * What of an object is ever injected. A ReplicaSet that a Deployment made has none: its controller would put it right
 * again, and its pods are their own.
 */
export function placesOf(object: ManifestObject): readonly Pick<Judged, 'subject' | 'place'>[] {
  const { form, pods, path, value } = object;
  if (form === 'service') {
    const isService = objectOf(value.spec) !== undefined;
    return isService ? [{ subject: 'service', place: { path, pointer: pointer(...path), value } }] : [];
  }
  if (form !== 'pod' && isControlled(object.value)) return [];
  return pods.map((place) => ({ subject: form === 'pod' ? 'pod' : 'template', place }));
}

/** What the engine says of one of the places of an object; the place's value is what is judged. */
export function judge(
  object: ManifestObject,
  subject: Judged['subject'],
  { value }: Pick<PodPlace, 'value'>,
  given: { readonly facts: Facts; readonly settings: InjectSettings },
): Outcome {
  if (subject === 'service') return injectService({ service: value, settings: given.settings });
  return injectPod({ pod: podOf(object, value), ...given });
}

/** The pod that an object's template, or the pod itself, makes for the engine. */
export function podOf({ kind, form }: ManifestObject, value: JsonObject): JsonObject {
  const isJob = form === 'workload' && (kind === 'Job' || kind === 'CronJob');
  return isJob ? ofJob(value) : value;
}

/**
 * The pod that a Job makes of its template, as far as it decides: it runs to its end. The owner that the pod will have
 * says the same, but would stand in the metadata, which the patch and the record of what was empty go by.
 */
function ofJob(template: JsonObject): JsonObject {
  const { spec } = template;
  if (!isObject(spec)) return template;
  const restart = textOf(spec.restartPolicy);
  const ends = restart === 'Never' || restart === 'OnFailure';
  return ends ? template : { ...template, spec: { ...spec, restartPolicy: 'OnFailure' } };
}

/** The workloads that have their template where `misplaced` looks. */
function isLinted(object: ManifestObject): boolean {
  return object.form === 'workload' && object.kind !== 'PodTemplate' && !isControlled(object.value);
}
