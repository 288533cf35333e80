import { type KindName, label } from '../../contract/names.ts';
import { serviceAnnotations } from '../../contract/service-annotations.ts';
import type { Decision } from '../../inject/outcome/outcome.ts';
import { sentence } from '../../inject/outcome/reason-text.ts';
import { type Plan, planPod } from '../../inject/plan/injection-plan.ts';
import { readPod } from '../../inject/pod/pod.ts';
import { podStatus } from '../../inject/pod/status-annotation.ts';
import { readRequest } from '../../inject/request/request.ts';
import { objectOf, textsOf } from '../../json/json.ts';
import { injectAnnotation } from '../../kinds/annotations.ts';
import { locate, type Path } from '../../manifest/path.ts';
import type { Position } from '../../text/line-offsets.ts';
import type { ClusterContext, LocatedObject } from '../evaluate/cluster-context.ts';
import type { LocatedEvaluation } from '../evaluate/evaluate.ts';
import { type EvaluatedObject, evaluationsIn, podForEngine } from '../evaluate/evaluate.ts';
import { isLeftToWebhook, leftToWebhook } from '../evaluate/left-to-webhook.ts';
import { objectNamePath, reasonPath } from '../evaluate/reason-path.ts';
import { type DocumentFinding, type LintFinding, locatedFindings } from '../lint/lint-finding.ts';
import { mappingLinter } from '../lint/lint-mappings.ts';
import { lintMisplaced } from '../lint/lint-misplaced.ts';
import { engineInput, reasonFindings } from '../lint/lint-pods.ts';
import { lintServices } from '../lint/lint-services.ts';
import { podSelection, statusOf } from '../lint/selected-pods.ts';
import { objectName, templateName } from '../lint/sentences.ts';
import { hunksByDocument } from './explain-diff.ts';
import { type ExplainedSetting, settingsOf } from './explain-settings.ts';
import { type AppVariables, appVariables, placementSentence, type Target, targetOf } from './scrape-target.ts';

/** A position in a file. */
export interface SourcePosition extends Position {
  readonly source: string;
}

/** The annotation or label that asks for a sidecar, or opts out. */
export interface SidecarRequest {
  readonly by: 'annotation' | 'namespace' | 'service-annotation' | 'nothing';
  /** As the manifest has it; absent where nothing asks. */
  readonly key?: string;
  readonly value?: string;
  readonly at?: SourcePosition;
}

/** The decision about a pod, a pod template or a Service, and its reasons. Programs read it as JSON. */
export interface Explanation extends SourcePosition {
  readonly document: number;
  readonly subject: 'pod' | 'template' | 'service';
  /** `Deployment/orders`. */
  readonly object: string;
  readonly namespace: string;
  /** `spec.template`; empty where the object is the pod itself. */
  readonly template: string;
  readonly decision: Decision;
  readonly kinds: readonly KindName[];
  readonly asked: SidecarRequest;
  readonly findings: readonly LintFinding[];
  /** Present where a sidecar is added. */
  readonly sidecar?: {
    readonly placement: string;
    readonly settings: readonly (ExplainedSetting & { readonly at?: SourcePosition })[];
    readonly target: Target;
    readonly apps: readonly AppVariables[];
  };
  /** Present where a sidecar was added before: the content of the status annotation. */
  readonly before?: { readonly version: string; readonly kinds: readonly string[]; readonly metricsPort?: number };
  /** Of a Service: the pods that it selects among the manifests. */
  readonly pods?: readonly string[];
  /** The number of these pods; `pods` has the first hundred. */
  readonly podCount?: number;
  /** Hunks of a unified diff, with the line numbers of the file. */
  readonly diff: string;
}

/** A hundred Services may select the same thousand pods. */
const mostPods = 100;

/** Explains every pod, pod template and annotated Service of a set of manifests. */
export async function explainManifests(
  evaluated: readonly EvaluatedObject[],
  cluster: ClusterContext,
): Promise<readonly Explanation[]> {
  const selectPods = podSelection(evaluationsIn(evaluated), cluster);
  const lintMappings = mappingLinter(evaluated, cluster);
  const hunks = hunksByDocument();
  const explanations: Explanation[] = [];
  for (const one of evaluated) {
    const misplaced = lintMisplaced(one);
    for (const [i, evaluation] of one.evaluations.entries()) {
      const { subject, location, outcome } = evaluation;
      const at: LocatedEvaluation = { document: one.document, object: one.object, evaluation };
      const all = [
        ...(i === 0 ? misplaced : []),
        ...reasonFindings(at, cluster),
        ...leftFindings(at),
        ...(subject === 'service' ? lintServices([at], selectPods, cluster) : []),
        ...(subject === 'service' ? [] : await lintMappings([at])),
      ];
      const findings = locatedFindings(all, [], sourcesOf(all));
      const diff = hunks(at.document)(location.pointer, outcome.patch);
      const explanation = { ...explanationOf(at, cluster, findings), diff };
      const isQuiet = subject === 'service' && explanation.asked.by === 'nothing' && all.length === 0;
      if (isQuiet) continue;
      const names = subject === 'service' ? selectPods(at).names : undefined;
      explanations.push(
        names === undefined ? explanation : { ...explanation, pods: names.slice(0, mostPods), podCount: names.length },
      );
    }
  }
  return explanations;
}

/** The finding for a template that `inject` leaves to the webhook. */
function leftFindings({ document, object, evaluation: { location, outcome } }: LocatedEvaluation): DocumentFinding[] {
  if (!isLeftToWebhook(object) || outcome.decision !== 'injected') return [];
  const one = leftToWebhook(object, location);
  const path = reasonPath(one, { object, location });
  return [{ document, object, path, code: one.code, sentence: sentence(one), advice: '' }];
}

function sourcesOf(findings: readonly { readonly document: { readonly source: string } }[]): readonly string[] {
  return [...new Set(findings.map(({ document }) => document.source))];
}

function explanationOf(
  at: LocatedEvaluation,
  cluster: ClusterContext,
  findings: readonly LintFinding[],
): Omit<Explanation, 'diff'> {
  const { document, object, evaluation } = at;
  const { location, subject, outcome } = evaluation;
  const sidecar = subject === 'service' || outcome.decision !== 'injected' ? undefined : sidecarOf(at, cluster);
  return {
    ...sourcePosition({ document, object }, objectNamePath(object)),
    document: document.number,
    subject,
    object: objectName(object),
    namespace: cluster.facts(object.namespace).namespace.name,
    template: templateName(object, location),
    decision: outcome.decision,
    kinds: outcome.kinds,
    asked: subject === 'service' ? serviceRequestOf(at) : requestOf(at, cluster),
    findings,
    ...(sidecar && { sidecar }),
    ...beforeOf(at),
  };
}

function sourcePosition({ document }: LocatedObject, path: Path): SourcePosition {
  return { source: document.source, ...locate(document, path) };
}

function requestOf({ document, object, evaluation }: LocatedEvaluation, cluster: ClusterContext): SidecarRequest {
  const { key } = injectAnnotation.inject;
  const { location } = evaluation;
  const value = textsOf(objectOf(location.value.metadata)?.annotations).get(key);
  if (value !== undefined) {
    const at = sourcePosition({ document, object }, [...location.path, 'metadata', 'annotations', key]);
    return { by: 'annotation', key, value, at };
  }
  const { labels } = cluster.facts(object.namespace).namespace;
  const labelValue = Object.hasOwn(labels, label.namespaceInject) ? labels[label.namespaceInject] : undefined;
  if (labelValue === undefined) return { by: 'nothing' };
  const namespace = cluster.findNamespace(object.namespace);
  const path = [...(namespace?.object.path ?? []), 'metadata', 'labels', label.namespaceInject];
  const at = namespace === undefined ? {} : { at: sourcePosition(namespace, path) };
  return { by: 'namespace', key: label.namespaceInject, value: labelValue, ...at };
}

function serviceRequestOf({ document, object }: LocatedEvaluation): SidecarRequest {
  const annotations = textsOf(objectOf(object.value.metadata)?.annotations);
  const annotation = [serviceAnnotations.scrape, serviceAnnotations.route].find(({ key }) => annotations.has(key));
  if (annotation === undefined) return { by: 'nothing' };
  const at = sourcePosition({ document, object }, [...object.path, 'metadata', 'annotations', annotation.key]);
  return { by: 'service-annotation', key: annotation.key, value: annotations.get(annotation.key)!, at };
}

function beforeOf({ evaluation }: LocatedEvaluation): Pick<Explanation, 'before'> {
  if (!evaluation.outcome.reasons.some(({ code }) => code === 'already_injected')) return {};
  const { version = '', kinds = [], metricsPort } = podStatus(statusOf(evaluation)) ?? {};
  return { before: { version, kinds, ...(metricsPort !== undefined && { metricsPort }) } };
}

function sidecarOf(at: LocatedEvaluation, cluster: ClusterContext): Explanation['sidecar'] {
  const { document, object, evaluation } = at;
  const sidecar = planOf(at, cluster);
  if (sidecar === undefined) return undefined;
  const { plan, settings, apps } = sidecar;
  const { path } = evaluation.location;
  return {
    placement: placementSentence(plan),
    settings: settings.map((one) =>
      one.source === 'annotation'
        ? { ...one, at: sourcePosition({ document, object }, [...path, 'metadata', 'annotations', one.key]) }
        : one,
    ),
    target: targetOf(plan),
    apps,
  };
}

/** The plan of the outcome, with its settings and variables; undefined for a pod that was injected before. */
function planOf(
  { object, evaluation }: LocatedEvaluation,
  cluster: ClusterContext,
):
  | { readonly plan: Plan; readonly settings: readonly ExplainedSetting[]; readonly apps: readonly AppVariables[] }
  | undefined {
  const { facts, settings } = engineInput(object, cluster);
  const pod = readPod(podForEngine(object, evaluation.location.value));
  if ('problem' in pod || evaluation.outcome.reasons.some(({ code }) => code === 'already_injected')) return undefined;
  const request = readRequest(pod.annotations, facts.namespace.labels, settings.defaults, settings.lock);
  const plan = planPod(pod, request, facts, settings);
  return { plan, settings: settingsOf(request, plan.kinds, plan.ports), apps: appVariables(plan) };
}
