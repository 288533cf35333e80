import type { KindName } from '../../contract/names.ts';
import type { injectPod, injectService, lintWorkload } from '../../inject/inject.ts';
import type { Decision, Outcome, Reason } from '../../inject/outcome/outcome.ts';
import { reason, warningsOf } from '../../inject/outcome/reason-text.ts';
import type { Facts } from '../../inject/pod/namespace-facts.ts';
import type { InjectSettings } from '../../inject/request/settings.ts';
import { isList, isObject, type JsonObject, objectOf } from '../../json/json.ts';
import type { Answer, Review } from '../protocol/review.ts';

/** The paths of the webhook: one mutates, the other only warns. */
export const paths = ['mutate', 'lint'] as const;
export type Path = (typeof paths)[number];

/**
 * What was made of a review: the engine's decision; `warned` where a workload was linted and something is to be said;
 * `ignored` where the review is none of ours; `error` where the engine threw.
 */
export type Verdict = Decision | 'warned' | 'ignored' | 'error';

export interface Decided {
  readonly verdict: Verdict;
  readonly answer: Answer;
  readonly kinds: readonly KindName[];
  readonly reasons: readonly Reason[];
  /** What the engine threw; a bug. */
  readonly bug?: unknown;
}

export interface Engine {
  readonly injectPod: typeof injectPod;
  readonly injectService: typeof injectService;
  readonly lintWorkload: typeof lintWorkload;
}

export interface Knowledge {
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

/** What is decided about a review that is too large to be read. */
export const leftUnread: Decided = (() => {
  const reasons = [reason('review_too_large', 'metrics-sidecar')];
  return { ...passed('unchanged', warningsOf(reasons)), reasons };
})();

/**
 * Answers a review. Containers can be added to a pod only when it is created, so everything but CREATE of the pod itself
 * passes as it is. A bug of the engine does not cost anybody a pod: it is admitted with a warning, `required` or not,
 * and the bug is handed back to be logged and counted.
 */
export function decide(path: Path, review: Review, knowledge: Knowledge): Decided {
  try {
    return path === 'mutate' ? mutate(review, knowledge) : lint(review, knowledge);
  } catch (bug) {
    const warning = 'metrics-sidecar: internal error, admitted as it is; the log of the webhook has more';
    return { ...passed('error', [warning]), bug };
  }
}

function mutate(review: Review, { engine: { injectPod, injectService }, settings, facts }: Knowledge): Decided {
  const { group, kind, operation, subResource, object } = review;
  if (group !== '' || subResource !== '') return passed('ignored');
  if (kind === 'Pod' && operation === 'CREATE') {
    if (object === undefined || !isPod(object)) {
      return passed('ignored', ['metrics-sidecar: not a pod with containers, admitted as it is']);
    }
    return judged(injectPod({ pod: object, facts: facts(review.namespace), settings }));
  }
  if (kind === 'Service' && (operation === 'CREATE' || operation === 'UPDATE')) {
    if (object === undefined || objectOf(object.spec) === undefined) {
      return passed('ignored', ['metrics-sidecar: not a Service, admitted as it is']);
    }
    return judged(injectService({ service: object, settings }));
  }
  return passed('ignored');
}

function lint(review: Review, { engine: { lintWorkload }, settings, facts }: Knowledge): Decided {
  const { group, kind, operation, subResource, object } = review;
  const ours =
    workloads.get(kind) === group && subResource === '' && (operation === 'CREATE' || operation === 'UPDATE');
  if (!ours || object === undefined) return passed('ignored');
  const { warnings, kinds, reasons } = lintWorkload({ workload: object, facts: facts(review.namespace), settings });
  const answer = { allowed: true, patch: [], warnings };
  return { verdict: warnings.length > 0 ? 'warned' : 'unchanged', answer, kinds, reasons };
}

function judged({ decision, patch, warnings, message, kinds, reasons }: Outcome): Decided {
  const answer: Answer =
    decision === 'denied'
      ? { allowed: false, patch: [], warnings, message: message ?? '' }
      : { allowed: true, patch, warnings };
  return { verdict: decision, answer, kinds, reasons };
}

function passed(verdict: Verdict, warnings: readonly string[] = []): Decided {
  return { verdict, answer: { allowed: true, patch: [], warnings }, kinds: [], reasons: [] };
}

/** The API server sends nothing else; what somebody else sends must not look like a bug of the engine. */
function isPod(object: JsonObject): boolean {
  const containers = objectOf(object.spec)?.containers;
  return isList(containers) && containers.length > 0 && containers.every(isObject);
}
