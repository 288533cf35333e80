import { injectPod, injectService } from '../../inject/inject.ts';
import type { Outcome, Reason } from '../../inject/outcome/outcome.ts';
import type { Facts } from '../../inject/pod/namespace-facts.ts';
import { isOurs } from '../../inject/request/request.ts';
import type { InjectSettings } from '../../inject/request/settings.ts';
import { isControlled, meantDomain, misplaced } from '../../inject/request/workload.ts';
import { isObject, type JsonObject, objectOf, textOf, textsOf } from '../../json/json.ts';
import { pointer } from '../../json/operation.ts';
import { type ManifestObject, objectsOf, type PodLocation } from '../../manifest/objects.ts';
import type { PodTemplatePath } from '../../manifest/pod-template-path.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';
import { completedTemplate, groupOf } from '../../pod-templates/find-templates.ts';
import type { ClusterContext, LocatedObject } from './cluster-context.ts';
import { refusedByApiServer, withTextValues } from './non-text-values.ts';
import { unreadKeys } from './unread-keys.ts';

/** An object of a manifest and the engine's outcomes for it. */
export interface EvaluatedObject extends LocatedObject {
  /** Empty where the object has no pods and is no Service, and where a controller made it. */
  readonly evaluations: readonly Evaluation[];
  /**
   * Problems of annotations and labels outside of the pods, and of values that are no texts. Their subjects are paths
   * from the object.
   */
  readonly misplaced: readonly Reason[];
}

/** The engine's outcome for one pod, pod template or Service. */
export interface Evaluation {
  readonly subject: 'pod' | 'template' | 'service';
  /** Where the subject stands in the document; the paths of the outcome's patch begin here. */
  readonly location: PodLocation;
  readonly outcome: Outcome;
}

/** One evaluation with the object and the document that hold its subject. */
export interface LocatedEvaluation extends LocatedObject {
  readonly evaluation: Evaluation;
}

/** Evaluates the objects of a document as the webhook does when they are applied, and when their pods are created. */
export function evaluateDocument(
  document: ManifestDocument,
  paths: readonly PodTemplatePath[],
  cluster: ClusterContext,
): readonly EvaluatedObject[] {
  return objectsOf(document, paths).map((original) => {
    const { object, reasons: notTexts } = withTextValues(document, original);
    const evaluations = injectionLocations(object).map(({ subject, location }) => {
      const input = { facts: cluster.facts(object.namespace), settings: cluster.settings };
      const outcome = evaluateAt(object, subject, location, input);
      return { subject, location, outcome: notTexts.length === 0 ? outcome : refusedByApiServer(outcome) };
    });
    const { apiVersion, kind } = object;
    const outside = isLinted(object, evaluations) ? misplaced({ ...object.value, apiVersion, kind }) : [];
    return { document, object, evaluations, misplaced: [...notTexts, ...outside, ...unreadKeys(object, evaluations)] };
  });
}

/** The evaluations of objects, one by one. */
export function evaluationsIn(objects: readonly EvaluatedObject[]): readonly LocatedEvaluation[] {
  return objects.flatMap(({ document, object, evaluations }) =>
    evaluations.map((evaluation) => ({ document, object, evaluation })),
  );
}

/**
 * The parts of an object that the engine injects: its pods, its pod templates, or the Service itself. A ReplicaSet that
 * a Deployment made has none: its controller would undo a change of its template, and its pods are evaluated
 * themselves.
 */
export function injectionLocations(object: ManifestObject): readonly Pick<Evaluation, 'subject' | 'location'>[] {
  const { form, pods, path, value } = object;
  if (form === 'service') {
    const isService = objectOf(value.spec) !== undefined;
    return isService ? [{ subject: 'service', location: { path, pointer: pointer(...path), value } }] : [];
  }
  if (form !== 'pod' && isControlled(object.value)) return [];
  // Of a kind that nobody has described, a part is a pod template if it speaks of us.
  const meant = form === 'found' ? pods.filter((location) => mentionsUs(location.value)) : pods;
  return meant.map((location) => ({ subject: form === 'pod' ? 'pod' : 'template', location }));
}

function mentionsUs({ metadata }: JsonObject): boolean {
  const { annotations, labels } = objectOf(metadata) ?? {};
  const keys = [...textsOf(annotations).keys(), ...textsOf(labels).keys()];
  return keys.some((key) => isOurs(key) || meantDomain(key) !== undefined);
}

/** The engine's outcome for the value at one location of an object. */
export function evaluateAt(
  object: ManifestObject,
  subject: Evaluation['subject'],
  { value }: Pick<PodLocation, 'value'>,
  input: { readonly facts: Facts; readonly settings: InjectSettings },
): Outcome {
  if (subject === 'service') return injectService({ service: value, settings: input.settings });
  return injectPod({ pod: podForEngine(object, value), ...input });
}

/** The pod that the engine reads for a pod, or for the template of an object. */
export function podForEngine({ apiVersion, kind, form }: ManifestObject, value: JsonObject): JsonObject {
  if (form === 'custom' || form === 'known') return completedTemplate(value, groupOf(apiVersion));
  const isJob = form === 'workload' && (kind === 'Job' || kind === 'CronJob');
  return isJob ? podOfJob(value) : value;
}

/**
 * A Job's template as the engine has to see it: its pod runs to completion, so `restartPolicy` must say so. The pod's
 * owner would say the same, but it would stand in the metadata, and both the patch and the record of empty fields are
 * computed from the metadata.
 */
function podOfJob(template: JsonObject): JsonObject {
  const { spec } = template;
  if (!isObject(spec)) return template;
  const restart = textOf(spec.restartPolicy);
  const ends = restart === 'Never' || restart === 'OnFailure';
  return ends ? template : { ...template, spec: { ...spec, restartPolicy: 'OnFailure' } };
}

/** Whether `misplaced` knows where the pod templates of an object are. */
function isLinted(object: ManifestObject, evaluations: readonly Evaluation[]): boolean {
  if (isControlled(object.value)) return false;
  if (object.form === 'workload') return object.kind !== 'PodTemplate';
  return object.form === 'known' || (object.form === 'found' && evaluations.length > 0);
}
