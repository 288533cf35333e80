import { kinds } from '../../contract/names.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import type { Reason } from '../../inject/outcome/outcome.ts';
import { reason, sentence } from '../../inject/outcome/reason-text.ts';
import { planPod } from '../../inject/plan/injection-plan.ts';
import { wantedPorts } from '../../inject/plan/wanted-ports.ts';
import { readPod } from '../../inject/pod/pod.ts';
import { readRequest } from '../../inject/request/request.ts';
import { objectOf, textsOf } from '../../json/json.ts';
import type { ManifestObject, PodPlace } from '../../manifest/objects.ts';
import type { ManifestDocument } from '../../manifest/read/manifest.ts';
import type { Knowledge } from '../evaluate/cluster-context.ts';
import { type Judged, judge, podOf } from '../evaluate/evaluate.ts';
import { askingPath, pathOf } from '../evaluate/reason-path.ts';
import { elsewhereOf, type Meant, meantPod, saidAt } from './intended-pod.ts';
import type { Found } from './lint-finding.ts';
import { adviceOf, entryOf } from './sentences.ts';

/** A pod or pod template, judged, in its document. */
export interface JudgedAt {
  readonly document: ManifestDocument;
  readonly object: ManifestObject;
  readonly judged: Judged;
}

/** Everything that is wrong with a pod or a Service, and with what it was most likely meant to be. */
export function lintJudged(one: JudgedAt, knowledge: Knowledge): readonly Found[] {
  return toldOf(one, knowledge).filter(({ code }) => entryOf(code).severity !== 'info');
}

/** The same, and what the engine says of its decisions without anything being wrong. */
export function toldOf({ document, object, judged }: JudgedAt, knowledge: Knowledge): readonly Found[] {
  const { place, subject, outcome } = judged;
  const meant = subject === 'service' ? undefined : meantIn(object, place);
  const found = allReasons({ document, object, judged }, meant, knowledge);
  const refused = subject === 'template' && outcome.decision === 'denied';
  const all = refused ? [...found, reason('pods_refused', sidecarAnnotations.required.key)] : found;
  return all.map((one) => foundOf(one, { document, object, judged }, meant, knowledge));
}

/** What the engine says of the pod, and then of the pod that was meant, which one mistake may hide from it. */
function allReasons({ object, judged }: JudgedAt, meant: Meant | undefined, knowledge: Knowledge): readonly Reason[] {
  const { place, subject, outcome } = judged;
  if (meant === undefined) return outcome.reasons;
  const then = judge(object, subject, { ...place, value: meant.pod }, given(object, knowledge)).reasons;
  const isSame = (a: Reason) => (b: Reason) => a.code === b.code && a.subject === b.subject;
  const stays = outcome.reasons.filter((one) => !consequences.has(one.code) || then.some(isSame(one)));
  return [...stays, ...then.filter((one) => !outcome.reasons.some(isSame(one)))];
}

/** What follows from a misspelt key or kind, and is gone with it. */
const consequences: ReadonlySet<string> = new Set(['inject_missing', 'kind_not_asked']);

/** The pod as it was meant; undefined where it is what it was meant to be. */
export function meantIn(object: ManifestObject, place: PodPlace): Meant | undefined {
  return meantPod(place.value, saidAt(place, 'annotations'), elsewhereOf(object, place));
}

/** What the engine is told besides a pod of the object. */
export function given(object: ManifestObject, { facts, settings }: Knowledge) {
  return { facts: facts(object.namespace), settings };
}

function foundOf(
  one: Reason,
  { document, object, judged }: JudgedAt,
  meant: Meant | undefined,
  knowledge: Knowledge,
): Found {
  const { place } = judged;
  const said = { code: one.code, sentence: sentence(one) };
  const namespace = one.code === 'bad_namespace_label' ? knowledge.namespaceAt(object.namespace) : undefined;
  if (namespace !== undefined) {
    const path = [...namespace.object.path, 'metadata', 'labels', one.subject];
    return { ...namespace, path, ...said, advice: adviceOf(one, { object }) };
  }
  const subject = { object, place, ...(meant && { origins: meant.origins }) };
  const path = one.code === 'pods_refused' ? askingPath(subject) : pathOf(one, subject);
  const value = meant?.pod ?? place.value;
  const free = one.code === 'port_taken' ? freePort(one.subject, object, value, knowledge) : undefined;
  const advice =
    free === undefined
      ? adviceOf(one, { object, place })
      : `Leave the annotation out, or write a free port: "${free}".`;
  return { document, object, path, ...said, advice };
}

/** The port that would be taken without the annotation: the first that is free from its default on. */
function freePort(
  key: string,
  object: ManifestObject,
  value: Judged['place']['value'],
  knowledge: Knowledge,
): number | undefined {
  const annotations = new Map(textsOf(objectOf(value.metadata)?.annotations));
  if (!annotations.delete(key)) return undefined;
  const { facts, settings } = given(object, knowledge);
  const request = readRequest(annotations, facts.namespace.labels, settings.defaults, settings.lock);
  const pod = readPod(podOf(object, value));
  if ('problem' in pod || !request.asked) return undefined;
  const wanted = wantedPorts(request, kinds).find((one) => one.key === key);
  return wanted && planPod(pod, request, facts, settings).ports.get(wanted.name);
}
