import type { KindName } from '../../contract/names.ts';
import type { injectPod, injectService, lintWorkload } from '../../inject/inject.ts';
import type { Decision, Outcome, Reason } from '../../inject/outcome/outcome.ts';
import { reason, warningsOf } from '../../inject/outcome/reason-text.ts';
import type { Facts } from '../../inject/pod/namespace-facts.ts';
import type { InjectSettings } from '../../inject/request/settings.ts';
import { isList, isObject, type JsonObject, objectOf } from '../../json/json.ts';
import type { Answer, Review } from '../protocol/review.ts';

/** The paths of the webhook: `mutate` injects, `lint` only warns. */
export const paths = ['mutate', 'lint'] as const;
export type Path = (typeof paths)[number];

/**
 * The engine's decision about a review; `warned` where a linted workload gets a warning; `ignored` where the review is
 * not about an object that the engine knows; `error` where the engine threw.
 */
export type Verdict = Decision | 'warned' | 'ignored' | 'error';

export interface ReviewDecision {
  readonly verdict: Verdict;
  readonly answer: Answer;
  readonly kinds: readonly KindName[];
  readonly reasons: readonly Reason[];
  /** The exception of the engine, which is a bug. */
  readonly bug?: unknown;
}

export interface Engine {
  readonly injectPod: typeof injectPod;
  readonly injectService: typeof injectService;
  readonly lintWorkload: typeof lintWorkload;
}

export interface DecisionInputs {
  readonly engine: Engine;
  readonly settings: InjectSettings;
  readonly facts: (namespace: string) => Facts;
}

/** The workloads that make pods, with the API group of each. */
export const workloads: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'apps'],
  ['StatefulSet', 'apps'],
  ['DaemonSet', 'apps'],
  ['ReplicaSet', 'apps'],
  ['Job', 'batch'],
  ['CronJob', 'batch'],
]);

/** The decision about a review that is too large to be read. */
export const unreadDecision: ReviewDecision = (() => {
  const reasons = [reason('review_too_large', 'metrics-sidecar')];
  return { ...passed('unchanged', warningsOf(reasons)), reasons };
})();

/**
 * Decides about a review. Containers can be added to a pod only at its creation, so every request about a pod but
 * CREATE passes unchanged. A bug of the engine never prevents a pod: it is admitted with a warning, `required` or not,
 * and the decision carries the exception to be logged and counted.
 */
export function decide(path: Path, review: Review, knowledge: DecisionInputs): ReviewDecision {
  try {
    return path === 'mutate' ? mutate(review, knowledge) : lint(review, knowledge);
  } catch (bug) {
    const warning = 'metrics-sidecar: internal error, admitted as it is; the log of the webhook has more';
    return { ...passed('error', [warning]), bug };
  }
}

function mutate(
  review: Review,
  { engine: { injectPod, injectService }, settings, facts }: DecisionInputs,
): ReviewDecision {
  const { group, kind, operation, subResource, object } = review;
  if (group !== '' || subResource !== '') return passed('ignored');
  if (kind === 'Pod' && operation === 'CREATE') {
    if (object === undefined || !isPod(object)) {
      return passed('ignored', ['metrics-sidecar: not a pod with containers, admitted as it is']);
    }
    return decisionOf(injectPod({ pod: object, facts: facts(review.namespace), settings }));
  }
  if (kind === 'Service' && (operation === 'CREATE' || operation === 'UPDATE')) {
    if (object === undefined || objectOf(object.spec) === undefined) {
      return passed('ignored', ['metrics-sidecar: not a Service, admitted as it is']);
    }
    return decisionOf(injectService({ service: object, settings }));
  }
  return passed('ignored');
}

function lint(review: Review, { engine: { lintWorkload }, settings, facts }: DecisionInputs): ReviewDecision {
  const { group, kind, operation, subResource, object } = review;
  const isRead = subResource === '' && (operation === 'CREATE' || operation === 'UPDATE');
  // The groups of custom resources have a dot; the chart registers those of `lint.extraResources`.
  const isOurs = workloads.get(kind) === group || group.includes('.');
  if (!isRead || !isOurs || object === undefined) return passed('ignored');
  const { warnings, kinds, reasons } = lintWorkload({ workload: object, facts: facts(review.namespace), settings });
  const answer = { allowed: true, patch: [], warnings };
  return { verdict: warnings.length > 0 ? 'warned' : 'unchanged', answer, kinds, reasons };
}

function decisionOf({ decision, patch, warnings, message, kinds, reasons }: Outcome): ReviewDecision {
  const answer: Answer =
    decision === 'denied'
      ? { allowed: false, patch: [], warnings, message: message ?? '' }
      : { allowed: true, patch, warnings };
  return { verdict: decision, answer, kinds, reasons };
}

function passed(verdict: Verdict, warnings: readonly string[] = []): ReviewDecision {
  return { verdict, answer: { allowed: true, patch: [], warnings }, kinds: [], reasons: [] };
}

/** The API server sends only pods with containers; another caller's request must not look like a bug of the engine. */
function isPod(object: JsonObject): boolean {
  const containers = objectOf(object.spec)?.containers;
  return isList(containers) && containers.length > 0 && containers.every(isObject);
}
