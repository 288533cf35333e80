import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import type { Reason } from '../../inject/outcome/outcome.ts';
import { reason, sentence } from '../../inject/outcome/reason-text.ts';
import { planPod } from '../../inject/plan/injection-plan.ts';
import { wantedPorts } from '../../inject/plan/wanted-ports.ts';
import { readPod } from '../../inject/pod/pod.ts';
import { readRequest } from '../../inject/request/request.ts';
import { objectOf, textsOf } from '../../json/json.ts';
import { kinds } from '../../kinds/kinds.ts';
import type { ManifestObject, PodLocation } from '../../manifest/objects.ts';
import type { ClusterContext } from '../evaluate/cluster-context.ts';
import { type Evaluation, evaluateAt, type LocatedEvaluation, podForEngine } from '../evaluate/evaluate.ts';
import { reasonPath, requestPath } from '../evaluate/reason-path.ts';
import { type IntendedPod, intendedPod, metadataEntries, misplacedEntries } from './intended-pod.ts';
import type { DocumentFinding } from './lint-finding.ts';
import { adviceOf, entryOf } from './sentences.ts';

/** The errors and warnings of a pod or a Service, and of the pod that its author most likely intended. */
export function lintEvaluation(one: LocatedEvaluation, cluster: ClusterContext): readonly DocumentFinding[] {
  return reasonFindings(one, cluster).filter(({ code }) => entryOf(code).severity !== 'info');
}

/** All findings of a pod or a Service, infos about the engine's decisions included. */
export function reasonFindings(
  { document, object, evaluation }: LocatedEvaluation,
  cluster: ClusterContext,
): readonly DocumentFinding[] {
  const { location, subject, outcome } = evaluation;
  const intended = subject === 'service' ? undefined : intendedPodIn(object, location);
  const reasons = allReasons({ document, object, evaluation }, intended, cluster);
  const refused = subject === 'template' && outcome.decision === 'denied';
  const all = refused ? [...reasons, reason('pods_refused', sidecarAnnotations.required.key)] : reasons;
  return all.map((one) => documentFinding(one, { document, object, evaluation }, intended, cluster));
}

/** The engine's reasons for the pod, and those for the intended pod, which one mistake may hide. */
function allReasons(
  { object, evaluation }: LocatedEvaluation,
  intended: IntendedPod | undefined,
  cluster: ClusterContext,
): readonly Reason[] {
  const { location, subject, outcome } = evaluation;
  if (intended === undefined) return outcome.reasons;
  const corrected = { ...location, value: intended.pod };
  const after = evaluateAt(object, subject, corrected, engineInput(object, cluster)).reasons;
  const isSame = (a: Reason) => (b: Reason) => a.code === b.code && a.subject === b.subject;
  const stays = outcome.reasons.filter((one) => !consequences.has(one.code) || after.some(isSame(one)));
  return [...stays, ...after.filter((one) => !outcome.reasons.some(isSame(one)))];
}

/** Reasons that may follow from a misspelt key or kind, and go away with it. */
const consequences: ReadonlySet<string> = new Set(['inject_missing', 'kind_not_asked']);

/** The pod as its author intended it; undefined where nothing has to be corrected. */
export function intendedPodIn(object: ManifestObject, location: PodLocation): IntendedPod | undefined {
  return intendedPod(location.value, metadataEntries(location, 'annotations'), misplacedEntries(object, location));
}

/** The engine's input besides a pod of the object. */
export function engineInput(object: ManifestObject, { facts, settings }: ClusterContext) {
  return { facts: facts(object.namespace), settings };
}

function documentFinding(
  one: Reason,
  { document, object, evaluation }: LocatedEvaluation,
  intended: IntendedPod | undefined,
  cluster: ClusterContext,
): DocumentFinding {
  const { location } = evaluation;
  const head = { code: one.code, sentence: sentence(one) };
  const namespace = one.code === 'bad_namespace_label' ? cluster.findNamespace(object.namespace) : undefined;
  if (namespace !== undefined) {
    const path = [...namespace.object.path, 'metadata', 'labels', one.subject];
    return { ...namespace, path, ...head, advice: adviceOf(one, { object }) };
  }
  const subject = { object, location, ...(intended && { origins: intended.origins }) };
  const path = one.code === 'pods_refused' ? requestPath(subject) : reasonPath(one, subject);
  const value = intended?.pod ?? location.value;
  const port = one.code === 'port_taken' ? freePort(one.subject, object, value, cluster) : undefined;
  const advice =
    port === undefined
      ? adviceOf(one, { object, location })
      : `Leave the annotation out, or write a free port: "${port}".`;
  return { document, object, path, ...head, advice };
}

/** The port that the engine would choose without the annotation: the first free one from its default on. */
function freePort(
  key: string,
  object: ManifestObject,
  value: Evaluation['location']['value'],
  cluster: ClusterContext,
): number | undefined {
  const annotations = new Map(textsOf(objectOf(value.metadata)?.annotations));
  if (!annotations.delete(key)) return undefined;
  const { facts, settings } = engineInput(object, cluster);
  const request = readRequest(annotations, facts.namespace.labels, settings.defaults, settings.lock);
  const pod = readPod(podForEngine(object, value));
  if ('problem' in pod || !request.asked) return undefined;
  const port = wantedPorts(request, kinds).find((one) => one.key === key);
  return port && planPod(pod, request, facts, settings).ports.get(port.name);
}
