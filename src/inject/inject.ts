import type { KindName } from '../contract/names.ts';
import { sidecarAnnotations } from '../contract/sidecar-annotations.ts';
import { type JsonObject, objectOf, textsOf } from '../json/json.ts';
import { type Operation, pointer } from '../json/operation.ts';
import { noChanges } from './build/additions.ts';
import { patchOf } from './build/patch.ts';
import { applyPlan } from './build/pod-changes.ts';
import { annotationsFit, refusedStatus, statusEntry } from './build/status.ts';
import { refusedEmpties } from './build/undo-record.ts';
import { ruling, strippedNatives } from './eligibility/eligibility.ts';
import { annotationExcess, podExcess } from './eligibility/excess.ts';
import type { Decision, Outcome, Reason } from './outcome/outcome.ts';
import { messageOf, reason, warningsOf } from './outcome/reason-text.ts';
import { reasons as catalogue } from './outcome/reasons.ts';
import { planPod } from './plan/injection-plan.ts';
import type { Facts } from './pod/namespace-facts.ts';
import { type Pod, readPod } from './pod/pod.ts';
import { isRequired, type Request, readRequest } from './request/request.ts';
import type { InjectSettings } from './request/settings.ts';
import { misplaced, templateOf } from './request/workload.ts';
import { planService } from './service/service.ts';

export interface PodInput {
  /** As the API server sent it, or as it stands in a file; never written to. */
  readonly pod: JsonObject;
  readonly facts: Facts;
  readonly settings: InjectSettings;
}

/**
 * Decides about a pod that is to be created. Pure: the same pod, facts and settings give the same outcome, byte for byte,
 * and the outcome of a pod that was injected is `unchanged`.
 */
export function injectPod({ pod: json, facts, settings }: PodInput): Outcome {
  const excess = podExcess(json);
  if (excess !== undefined) return unread(excess);
  const annotations = textsOf(objectOf(json.metadata)?.annotations);
  const request = readRequest(annotations, facts.namespace.labels, settings.defaults, settings.lock);
  const pod = readPod(json);
  if ('problem' in pod) return unreadable(request, pod.problem, settings);

  const rules = ruling(pod, request);
  if (rules.some(({ code }) => catalogue[code].leads === 'unchanged')) return left(pod, request, rules);
  const found = [...request.reasons, ...rules];
  const kinds = request.asked || [];
  if (kinds.length === 0 || rules.length > 0) return refused(pod, request, found, settings);

  const plan = planPod(pod, request, facts, settings);
  const planned = [...found, ...plan.reasons.filter((one) => isNews(one, found))];
  const applied = applyPlan(pod, request, plan, settings.version, planned);
  const all = [...planned, ...applied.reasons];
  if (all.some(blocks)) return refused(pod, request, all, settings);
  return { decision: 'injected', kinds, patch: patchOf(pod, applied.changes), reasons: all, warnings: warningsOf(all) };
}

/** Decides about a Service that is created or updated; one that was decided about before is unchanged. */
export function injectService({
  service,
  settings,
}: {
  readonly service: JsonObject;
  readonly settings: InjectSettings;
}): Outcome {
  const excess = annotationExcess(service);
  if (excess !== undefined) return unread(excess);
  const { operations, reasons } = planService(service, settings);
  const decision = operations.length === 0 ? 'unchanged' : 'injected';
  return { decision, kinds: [], patch: operations, reasons, warnings: warningsOf(reasons) };
}

/**
 * Says to the person who applies a workload what will become of its pods, which otherwise only a controller is told.
 * Never a patch, and never a refusal: `invalid` and `skipped` are what the pods will be, everything else is `unchanged`.
 * What another object made (a Deployment's ReplicaSet, a CronJob's Job) was linted there.
 */
export function lintWorkload(input: {
  readonly workload: JsonObject;
  readonly facts: Facts;
  readonly settings: InjectSettings;
}): Outcome {
  const template = templateOf(input.workload);
  if (template === undefined) return { decision: 'unchanged', kinds: [], patch: [], reasons: [], warnings: [] };
  const excess = annotationExcess(input.workload);
  if (excess !== undefined) return unread(excess);
  const outcome = injectPod({ pod: template, facts: input.facts, settings: input.settings });
  const reasons = [
    ...misplaced(input.workload),
    ...(outcome.decision === 'denied' ? [reason('pods_refused', sidecarAnnotations.required.key)] : []),
    ...outcome.reasons,
  ];
  const refused = outcome.decision === 'denied' ? decisionOf(outcome.reasons) : outcome.decision;
  const decision = refused === 'invalid' || refused === 'skipped' ? refused : 'unchanged';
  return { decision, kinds: outcome.kinds, patch: [], reasons, warnings: warningsOf(reasons) };
}

/** The object as it is, whatever it asks for. */
function unread(excess: Reason): Outcome {
  return { decision: 'unchanged', kinds: [], patch: [], reasons: [excess], warnings: warningsOf([excess]) };
}

/** An annotation that could not be read was planned with its default; what follows from that is no finding. */
function isNews({ subject }: Reason, found: readonly Reason[]): boolean {
  return !found.some(({ code, subject: other }) => (code === 'bad_value' || code === 'locked') && other === subject);
}

function blocks({ code }: Reason): boolean {
  return catalogue[code].leads === 'invalid' || catalogue[code].leads === 'skipped';
}

/** Nothing is to be done; but who opted in on an earlier pass and lost its native sidecar to another webhook gets it back. */
function left(pod: Pod, request: Request, rules: readonly Reason[]): Outcome {
  const [rule] = rules;
  const kinds: readonly KindName[] = request.asked || [];
  const silent = rule?.code === 'not_asked' || rule?.code === 'opted_out';
  const found = silent ? [...request.reasons, ...rules] : rules;
  if (rule?.code !== 'already_injected') {
    return { decision: 'unchanged', kinds, patch: [], reasons: found, warnings: warningsOf(found) };
  }
  const stripped = strippedNatives(pod);
  const patch = stripped.map(
    ({ list, index }): Operation => ({
      op: 'add',
      path: pointer('spec', list, index, 'restartPolicy'),
      value: 'Always',
    }),
  );
  const reasons = [...found, ...stripped.map(({ name }) => reason('native_repaired', `container ${name}`))];
  const decision = stripped.length === 0 ? 'unchanged' : 'injected';
  return { decision, kinds, patch, reasons, warnings: warningsOf(reasons) };
}

/** The pod as it is, with a status that says why; or no pod at all, where it may not run without its sidecar. */
function refused(pod: Pod, request: Request, found: readonly Reason[], settings: InjectSettings): Outcome {
  const decision = decisionOf(found);
  const outcome = { kinds: request.asked || [], reasons: found, warnings: warningsOf(found) };
  if (isDenied(decision, request, settings))
    return { ...outcome, decision: 'denied', patch: [], message: messageOf(found) };
  const status = refusedStatus(settings.version, found.filter(isShown), refusedEmpties(pod));
  const annotations = new Map([statusEntry(status)]);
  const patch = annotationsFit(pod, annotations) ? patchOf(pod, { ...noChanges, annotations }) : [];
  return { ...outcome, decision, patch };
}

function isShown({ code }: Reason): boolean {
  return catalogue[code].severity !== 'info';
}

function decisionOf(found: readonly Reason[]): 'invalid' | 'skipped' {
  return found.some(({ code }) => catalogue[code].leads === 'invalid') ? 'invalid' : 'skipped';
}

function isDenied(decision: Decision, request: Request, { onInvalid }: InjectSettings): boolean {
  return isRequired(request) || (decision === 'invalid' && onInvalid === 'deny');
}

/** What is no pod cannot be given a status; what did not ask is nobody's business. */
function unreadable(request: Request, problem: string, settings: InjectSettings): Outcome {
  if (!request.asked) {
    return {
      decision: 'unchanged',
      kinds: [],
      patch: [],
      reasons: request.reasons,
      warnings: warningsOf(request.reasons),
    };
  }
  const found = [...request.reasons, reason('malformed_pod', 'pod', problem)];
  const outcome = { kinds: request.asked, patch: [], reasons: found, warnings: warningsOf(found) };
  if (!isDenied('invalid', request, settings)) return { ...outcome, decision: 'invalid' };
  return { ...outcome, decision: 'denied', message: messageOf(found) };
}
