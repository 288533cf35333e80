import type { KindName } from '../contract/names.ts';
import { sidecarAnnotations } from '../contract/sidecar-annotations.ts';
import { type JsonObject, objectOf, textsOf } from '../json/json.ts';
import { type Operation, pointer } from '../json/operation.ts';
import { noChanges } from './build/additions.ts';
import { patchOf } from './build/patch.ts';
import { podChanges } from './build/pod-changes.ts';
import { annotationsFit, rejectedStatus, statusEntry } from './build/status.ts';
import { rejectedEmpties } from './build/undo-record.ts';
import { checkEligibility, strippedNatives } from './eligibility/eligibility.ts';
import { annotationExcess, podExcess } from './eligibility/excess.ts';
import type { Decision, Outcome, Reason } from './outcome/outcome.ts';
import { messageOf, reason, warningsOf } from './outcome/reason-text.ts';
import { reasons as catalogue } from './outcome/reasons.ts';
import { planPod } from './plan/injection-plan.ts';
import type { Facts } from './pod/namespace-facts.ts';
import { type Pod, readPod } from './pod/pod.ts';
import { isRequired, type Request, readRequest } from './request/request.ts';
import type { InjectSettings } from './request/settings.ts';
import { misplaced, podsOf } from './request/workload.ts';
import { planService } from './service/service.ts';

export interface PodInput {
  /** As the API server sent it, or as it stands in a file. The engine does not write to it. */
  readonly pod: JsonObject;
  readonly facts: Facts;
  readonly settings: InjectSettings;
}

/**
 * Decides about a pod that is to be created. Pure: the same pod, facts and settings give the same outcome, byte for
 * byte, and the outcome of a pod that was injected is `unchanged`.
 */
export function injectPod({ pod: json, facts, settings }: PodInput): Outcome {
  const excess = podExcess(json);
  if (excess !== undefined) return oversizedOutcome(excess);
  const pod = readPod(json);
  const annotations = 'problem' in pod ? textsOf(objectOf(json.metadata)?.annotations) : pod.annotations;
  const request = readRequest(annotations, facts.namespace.labels, settings.defaults, settings.lock);
  if ('problem' in pod) return unreadableOutcome(request, pod.problem, settings);

  const objections = checkEligibility(pod, request);
  if (objections.some(({ code }) => catalogue[code].leads === 'unchanged')) {
    return unchangedOutcome(pod, request, objections);
  }
  const before = [...request.reasons, ...objections];
  const kinds = request.asked || [];
  if (kinds.length === 0 || objections.length > 0) return rejectedOutcome(pod, request, before, settings);

  const plan = planPod(pod, request, facts, settings);
  const planned = [...before, ...plan.reasons.filter((one) => isIndependent(one, before))];
  const built = podChanges(plan.pod, request, plan, settings.version, planned, facts);
  const reasons = [...planned, ...built.reasons];
  if (reasons.some(blocks)) return rejectedOutcome(pod, request, reasons, settings);
  return { decision: 'injected', kinds, patch: patchOf(pod, built.changes), reasons, warnings: warningsOf(reasons) };
}

/** Decides about a Service that is created or updated; a Service that an earlier pass changed is unchanged. */
export function injectService({
  service,
  settings,
}: {
  readonly service: JsonObject;
  readonly settings: InjectSettings;
}): Outcome {
  const excess = annotationExcess(service);
  if (excess !== undefined) return oversizedOutcome(excess);
  const { operations, reasons } = planService(service, settings);
  const decision = operations.length === 0 ? 'unchanged' : 'injected';
  return { decision, kinds: [], patch: operations, reasons, warnings: warningsOf(reasons) };
}

/**
 * Tells the person who applies a workload the outcome of its pods, which otherwise only a controller sees. It makes no
 * patch and refuses nothing: `invalid` and `skipped` are the decisions about the pods, every other is `unchanged`. An
 * object that another one made (a Deployment's ReplicaSet, a CronJob's Job) is skipped: its owner was linted. Of a
 * custom resource all pod templates are judged.
 */
export function lintWorkload(input: {
  readonly workload: JsonObject;
  readonly facts: Facts;
  readonly settings: InjectSettings;
}): Outcome {
  const pods = podsOf(input.workload);
  if (pods.length === 0) return { decision: 'unchanged', kinds: [], patch: [], reasons: [], warnings: [] };
  const excess = annotationExcess(input.workload);
  if (excess !== undefined) return oversizedOutcome(excess);
  const outcomes = pods.map((pod) => injectPod({ pod, facts: input.facts, settings: input.settings }));
  const reasons = [
    ...misplaced(input.workload),
    ...outcomes.flatMap((outcome) => [
      ...(outcome.decision === 'denied' ? [reason('pods_refused', sidecarAnnotations.required.key)] : []),
      ...outcome.reasons,
    ]),
  ];
  const decisions = outcomes.map(({ decision, reasons: own }) => (decision === 'denied' ? decisionOf(own) : decision));
  const decision = (['invalid', 'skipped'] as const).find((one) => decisions.includes(one)) ?? 'unchanged';
  const kinds = [...new Set(outcomes.flatMap((outcome) => outcome.kinds))];
  const all = pods.length === 1 ? reasons : distinct(reasons);
  return { decision, kinds, patch: [], reasons: all, warnings: warningsOf(all) };
}

/** Templates of one object often make the same mistake. */
function distinct(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((one) => [JSON.stringify([one.code, one.subject, one.detail]), one])).values()];
}

/** The outcome of an object that is too large to be read: it stays as it is, whatever it asks for. */
function oversizedOutcome(excess: Reason): Outcome {
  return { decision: 'unchanged', kinds: [], patch: [], reasons: [excess], warnings: warningsOf([excess]) };
}

/**
 * Whether a reason of the plan stands by itself. An annotation with a bad value was planned with its default: a further
 * reason about it would only follow from that.
 */
function isIndependent({ subject }: Reason, before: readonly Reason[]): boolean {
  return !before.some(({ code, subject: other }) => (code === 'bad_value' || code === 'locked') && other === subject);
}

function blocks({ code }: Reason): boolean {
  return catalogue[code].leads === 'invalid' || catalogue[code].leads === 'skipped';
}

/**
 * The outcome of a pod that stays as it is. One repair is made: an injected pod whose native sidecars lost their
 * `restartPolicy` to another webhook gets it back.
 */
function unchangedOutcome(pod: Pod, request: Request, objections: readonly Reason[]): Outcome {
  const [objection] = objections;
  const kinds: readonly KindName[] = request.asked || [];
  const isUnasked = objection?.code === 'not_asked' || objection?.code === 'opted_out';
  const before = isUnasked ? [...request.reasons, ...objections] : objections;
  if (objection?.code !== 'already_injected') {
    return { decision: 'unchanged', kinds, patch: [], reasons: before, warnings: warningsOf(before) };
  }
  const stripped = strippedNatives(pod);
  const patch = stripped.map(
    ({ list, index }): Operation => ({
      op: 'add',
      path: pointer('spec', list, index, 'restartPolicy'),
      value: 'Always',
    }),
  );
  const reasons = [...before, ...stripped.map(({ name }) => reason('native_repaired', `container ${name}`))];
  const decision = stripped.length === 0 ? 'unchanged' : 'injected';
  return { decision, kinds, patch, reasons, warnings: warningsOf(reasons) };
}

/**
 * The outcome of a pod that asked and gets no sidecar. A pod that may not run without its sidecar is denied; any other
 * stays as it is, with a status annotation that gives the reasons.
 */
function rejectedOutcome(pod: Pod, request: Request, reasons: readonly Reason[], settings: InjectSettings): Outcome {
  const decision = decisionOf(reasons);
  const outcome = { kinds: request.asked || [], reasons, warnings: warningsOf(reasons) };
  if (isDenied(decision, request, settings))
    return { ...outcome, decision: 'denied', patch: [], message: messageOf(reasons) };
  const status = rejectedStatus(settings.version, reasons.filter(isShown), rejectedEmpties(pod));
  const annotations = new Map([statusEntry(status)]);
  const patch = annotationsFit(pod, annotations) ? patchOf(pod, { ...noChanges, annotations }) : [];
  return { ...outcome, decision, patch };
}

function isShown({ code }: Reason): boolean {
  return catalogue[code].severity !== 'info';
}

function decisionOf(reasons: readonly Reason[]): 'invalid' | 'skipped' {
  return reasons.some(({ code }) => catalogue[code].leads === 'invalid') ? 'invalid' : 'skipped';
}

function isDenied(decision: Decision, request: Request, { onInvalid }: InjectSettings): boolean {
  return isRequired(request) || (decision === 'invalid' && onInvalid === 'deny');
}

/** The outcome of an object that is no pod: it gets no status annotation, and is unchanged if it asks for nothing. */
function unreadableOutcome(request: Request, problem: string, settings: InjectSettings): Outcome {
  if (!request.asked) {
    return {
      decision: 'unchanged',
      kinds: [],
      patch: [],
      reasons: request.reasons,
      warnings: warningsOf(request.reasons),
    };
  }
  const reasons = [...request.reasons, reason('malformed_pod', 'pod', problem)];
  const outcome = { kinds: request.asked, patch: [], reasons, warnings: warningsOf(reasons) };
  if (!isDenied('invalid', request, settings)) return { ...outcome, decision: 'invalid' };
  return { ...outcome, decision: 'denied', message: messageOf(reasons) };
}
