import { type KindName, label } from '../../contract/names.ts';
import { serviceAnnotations } from '../../contract/service-annotations.ts';
import type { Decision } from '../../inject/outcome/outcome.ts';
import { type Plan, planPod } from '../../inject/plan/injection-plan.ts';
import { readPod } from '../../inject/pod/pod.ts';
import { podStatus } from '../../inject/pod/status-annotation.ts';
import { readRequest } from '../../inject/request/request.ts';
import { objectOf, textsOf } from '../../json/json.ts';
import { injectAnnotation } from '../../kinds/annotations.ts';
import { locate, type Path } from '../../manifest/path.ts';
import type { Position } from '../../text/line-offsets.ts';
import type { Knowledge, Stands } from '../evaluate/cluster-context.ts';
import { type Examined, podOf } from '../evaluate/evaluate.ts';
import { namePath } from '../evaluate/reason-path.ts';
import { type LintFinding, placed } from '../lint/lint-finding.ts';
import { judgedIn } from '../lint/lint-manifests.ts';
import { mappingLinter } from '../lint/lint-mappings.ts';
import { lintMisplaced } from '../lint/lint-misplaced.ts';
import { given, type JudgedAt, toldOf } from '../lint/lint-pods.ts';
import { lintServices } from '../lint/lint-services.ts';
import { podsBehind, statusOf } from '../lint/selected-pods.ts';
import { objectName, templateName } from '../lint/sentences.ts';
import { hunksByDocument } from './explain-diff.ts';
import { type SettingTold, settingsOf } from './explain-settings.ts';
import { placementSentence, type Target, type ToldApp, targetOf, toldApps } from './scrape-target.ts';

/** A place in a file. */
export interface Spot extends Position {
  readonly source: string;
}

/** Who asks for a sidecar, or says that there is to be none. */
export interface AskedBy {
  readonly by: 'annotation' | 'namespace' | 'service-annotation' | 'nothing';
  /** As it is written; absent where nothing is. */
  readonly key?: string;
  readonly value?: string;
  readonly at?: Spot;
}

/** What becomes of a pod, a pod template or a Service, and why. */
export interface Explanation extends Spot {
  readonly document: number;
  readonly subject: 'pod' | 'template' | 'service';
  /** `Deployment/orders`. */
  readonly object: string;
  readonly namespace: string;
  /** `spec.template`; empty where the object is the pod itself. */
  readonly template: string;
  readonly decision: Decision;
  readonly kinds: readonly KindName[];
  readonly asked: AskedBy;
  readonly findings: readonly LintFinding[];
  /** Present where a sidecar is added. */
  readonly sidecar?: {
    readonly placement: string;
    readonly settings: readonly (SettingTold & { readonly at?: Spot })[];
    readonly target: Target;
    readonly apps: readonly ToldApp[];
  };
  /** Present where one was added before: what its status says. */
  readonly before?: { readonly version: string; readonly kinds: readonly string[]; readonly metricsPort?: number };
  /** Of a Service: the pods behind it that are among the manifests. */
  readonly pods?: readonly string[];
  /** How many pods those are: of many, `pods` has the first hundred. */
  readonly podCount?: number;
  /** Hunks of a unified diff, with the line numbers of the file. */
  readonly diff: string;
}

/** A hundred Services may select the same thousand pods. */
const mostPods = 100;

/** Explains every pod, pod template and annotated Service of a set of manifests. */
export async function explain(examined: readonly Examined[], knowledge: Knowledge): Promise<readonly Explanation[]> {
  const behind = podsBehind(judgedIn(examined), knowledge);
  const lintMappings = mappingLinter(examined, knowledge);
  const hunks = hunksByDocument();
  const explained: Explanation[] = [];
  for (const one of examined) {
    const misplaced = lintMisplaced(one);
    for (const [i, place] of one.judged.entries()) {
      const at: JudgedAt = { document: one.document, object: one.object, judged: place };
      const found = [
        ...(i === 0 ? misplaced : []),
        ...toldOf(at, knowledge),
        ...(place.subject === 'service' ? lintServices([at], behind, knowledge) : []),
        ...(place.subject === 'service' ? [] : await lintMappings([at])),
      ];
      const findings = placed(found, [], sourcesOf(found));
      const diff = hunks(at.document)(place.place.pointer, place.outcome.patch);
      const explanation = { ...explanationOf(at, knowledge, findings), diff };
      const isQuiet = place.subject === 'service' && explanation.asked.by === 'nothing' && found.length === 0;
      if (isQuiet) continue;
      const names = place.subject === 'service' ? behind(at).names : undefined;
      explained.push(
        names === undefined ? explanation : { ...explanation, pods: names.slice(0, mostPods), podCount: names.length },
      );
    }
  }
  return explained;
}

function sourcesOf(found: readonly { readonly document: { readonly source: string } }[]): readonly string[] {
  return [...new Set(found.map(({ document }) => document.source))];
}

function explanationOf(
  at: JudgedAt,
  knowledge: Knowledge,
  findings: readonly LintFinding[],
): Omit<Explanation, 'diff'> {
  const { document, object, judged } = at;
  const { place, subject, outcome } = judged;
  const sidecar = subject === 'service' || outcome.decision !== 'injected' ? undefined : sidecarOf(at, knowledge);
  return {
    ...spotOf({ document, object }, namePath(object)),
    document: document.number,
    subject,
    object: objectName(object),
    namespace: knowledge.facts(object.namespace).namespace.name,
    template: templateName(object, place),
    decision: outcome.decision,
    kinds: outcome.kinds,
    asked: subject === 'service' ? askedOfService(at) : askedOf(at, knowledge),
    findings,
    ...(sidecar && { sidecar }),
    ...beforeOf(at),
  };
}

function spotOf({ document }: Stands, path: Path): Spot {
  return { source: document.source, ...locate(document, path) };
}

function askedOf({ document, object, judged }: JudgedAt, knowledge: Knowledge): AskedBy {
  const { key } = injectAnnotation.inject;
  const { place } = judged;
  const value = textsOf(objectOf(place.value.metadata)?.annotations).get(key);
  if (value !== undefined) {
    const at = spotOf({ document, object }, [...place.path, 'metadata', 'annotations', key]);
    return { by: 'annotation', key, value, at };
  }
  const { labels } = knowledge.facts(object.namespace).namespace;
  const asking = Object.hasOwn(labels, label.namespaceInject) ? labels[label.namespaceInject] : undefined;
  if (asking === undefined) return { by: 'nothing' };
  const namespace = knowledge.namespaceAt(object.namespace);
  const path = [...(namespace?.object.path ?? []), 'metadata', 'labels', label.namespaceInject];
  const at = namespace === undefined ? {} : { at: spotOf(namespace, path) };
  return { by: 'namespace', key: label.namespaceInject, value: asking, ...at };
}

function askedOfService({ document, object }: JudgedAt): AskedBy {
  const annotations = textsOf(objectOf(object.value.metadata)?.annotations);
  const asks = [serviceAnnotations.scrape, serviceAnnotations.route].find(({ key }) => annotations.has(key));
  if (asks === undefined) return { by: 'nothing' };
  const at = spotOf({ document, object }, [...object.path, 'metadata', 'annotations', asks.key]);
  return { by: 'service-annotation', key: asks.key, value: annotations.get(asks.key)!, at };
}

function beforeOf({ judged }: JudgedAt): Pick<Explanation, 'before'> {
  if (!judged.outcome.reasons.some(({ code }) => code === 'already_injected')) return {};
  const { version = '', kinds = [], metricsPort } = podStatus(statusOf(judged)) ?? {};
  return { before: { version, kinds, ...(metricsPort !== undefined && { metricsPort }) } };
}

function sidecarOf(at: JudgedAt, knowledge: Knowledge): Explanation['sidecar'] {
  const { document, object, judged } = at;
  const planned = plannedOf(at, knowledge);
  if (planned === undefined) return undefined;
  const { plan, settings, apps } = planned;
  const { path } = judged.place;
  return {
    placement: placementSentence(plan),
    settings: settings.map((one) =>
      one.source === 'annotation'
        ? { ...one, at: spotOf({ document, object }, [...path, 'metadata', 'annotations', one.key]) }
        : one,
    ),
    target: targetOf(plan),
    apps,
  };
}

/** The plan that the outcome was made by; nothing for a pod that was injected before. */
function plannedOf(
  { object, judged }: JudgedAt,
  knowledge: Knowledge,
): { readonly plan: Plan; readonly settings: readonly SettingTold[]; readonly apps: readonly ToldApp[] } | undefined {
  const { facts, settings } = given(object, knowledge);
  const pod = readPod(podOf(object, judged.place.value));
  if ('problem' in pod || judged.outcome.reasons.some(({ code }) => code === 'already_injected')) return undefined;
  const request = readRequest(pod.annotations, facts.namespace.labels, settings.defaults, settings.lock);
  const plan = planPod(pod, request, facts, settings);
  return { plan, settings: settingsOf(request, plan.kinds, plan.ports), apps: toldApps(pod, plan) };
}
