import { controllerTarget } from '../cluster/event-targets.ts';
import { createEvents, type OwnerNotification } from '../cluster/events.ts';
import { type ClusterFacts, watchFacts } from '../cluster/watch-facts.ts';
import { type MissedReport, type MissedWatch, watchMissed } from '../cluster/watch-missed.ts';
import type { WebhookSettings } from '../contract/webhook.ts';
import type { Decision } from '../inject/outcome/outcome.ts';
import type { Facts } from '../inject/pod/namespace-facts.ts';
import { objectOf, textOf } from '../json/json.ts';
import type { Kube } from '../kube/kube.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ReviewDecision } from './admission/decide.ts';
import type { BackgroundFailures } from './metrics/background-failures.ts';
import type { WatchSources } from './metrics/cluster-metrics.ts';
import type { Metrics } from './metrics/webhook-metrics.ts';
import type { Review } from './protocol/review.ts';

/** Facts of the cluster, and Events in it. No function waits for the API server while a review is answered. */
export interface ClusterServices extends Pick<WatchSources, 'sources' | 'missed'> {
  readonly facts: (namespace: string) => Facts;
  /** Notifies the owner of a review's pod. */
  readonly notifyOwner: (review: Review, decision: ReviewDecision) => void;
  /** Why decisions could be wrong now; undefined once all lists are complete, or have had `longestWait`. */
  readonly notReady: () => string | undefined;
  stop(): Promise<void>;
}

export interface ClusterContext {
  readonly metrics: Pick<Metrics, 'event'>;
  readonly log: Logger;
  readonly now: () => number;
  readonly random: () => number;
  /** The name of this replica's pod. */
  readonly instance: string;
  /** Called after each change of the facts. */
  readonly changed: () => void;
  readonly failuresOf: BackgroundFailures;
}

/**
 * Milliseconds that a new replica waits for the first complete list of each resource. After that it becomes ready with
 * incomplete facts: a cluster that refuses one list must not be without its webhook.
 */
const longestWaitMs = 15_000;

/** The services of a webhook without `--cluster`. */
export const noCluster: ClusterServices = {
  facts: (namespace) => ({ namespace: { name: namespace, labels: {}, limitRanges: [] }, kubelets: null }),
  notifyOwner: () => {},
  sources: () => [],
  missed: () => undefined,
  notReady: () => undefined,
  stop: async () => {},
};

/** Starts the services of `--cluster`. */
export function watchCluster(settings: WebhookSettings, kube: Kube, context: ClusterContext): ClusterServices {
  const { metrics, log, now, random, instance, changed, failuresOf } = context;
  const started = now();
  const facts = watchFacts(kube, { now, random, failed: failuresOf('watch') });
  const logNewProblems = problemLog(facts, log);
  const unsubscribe = facts.onChange(() => {
    logNewProblems();
    changed();
  });
  const events = settings.clusterEvents
    ? createEvents(kube, { now, random, instance, counted: metrics.event, failed: failuresOf('events') })
    : undefined;
  let report: MissedReport | undefined;
  const missed = searchMissed(settings, kube, facts, context, (next) => {
    report = next;
  });
  return {
    facts: (namespace) => facts.of(namespace),
    sources: () => facts.sources(),
    missed: () => report && { count: report.pods, at: report.at },
    notifyOwner(review, decision) {
      if (review.kind === 'Pod') events?.notify(notificationOf(review, decision));
    },
    notReady() {
      const open = facts.sources().filter(({ synced }) => !synced);
      if (open.length === 0 || now() - started > longestWaitMs) return undefined;
      return `not known yet: ${open.map(({ resource }) => resource).join(', ')}`;
    },
    async stop() {
      unsubscribe();
      facts.stop();
      await Promise.all([missed?.stop(), events?.stop()]);
    },
  };
}

/** Searches for missed pods every interval, and logs them where their number has changed. */
function searchMissed(
  settings: WebhookSettings,
  kube: Kube,
  facts: ClusterFacts,
  { log, now, random, failuresOf }: ClusterContext,
  use: (report: MissedReport) => void,
): MissedWatch | undefined {
  const { clusterMissedInterval: interval, clusterExcludedNamespaces } = settings;
  if (interval === 0) return undefined;
  const excluded = new Set(clusterExcludedNamespaces);
  const labels = (namespace: string) => facts.of(namespace).namespace.labels;
  let logged = 0;
  const failed = failuresOf('missed');
  return watchMissed(kube, { interval, now, random, excluded, labels, failed }, (result) => {
    if (!result.ok) return log.warn('missed pods could not be looked for', { problem: result.problem.message });
    const { pods, examples } = result.value;
    if (pods > 0 && pods !== logged) log.warn('pods were missed', { pods, examples, hint });
    logged = pods;
    use(result.value);
  });
}

const hint = 'they ask for a sidecar and were created without the webhook being asked: create them again';

/** Logs each problem of a copy once, and its end. */
function problemLog(facts: ClusterFacts, log: Logger): () => void {
  const logged = new Map<string, string | undefined>();
  return () => {
    for (const { resource, problem } of facts.sources()) {
      if (logged.get(resource) === problem) continue;
      if (problem !== undefined) log.warn('the cluster is not watched', { resource, problem });
      else log.info('the cluster is watched again', { resource });
      logged.set(resource, problem);
    }
  };
}

/** The notification of a review's owner; its texts are unchanged. */
function notificationOf(
  { namespace, name, dryRun, object }: Review,
  { verdict, answer, kinds, reasons }: ReviewDecision,
): OwnerNotification {
  // The API server calls again after other webhooks (reinvocationPolicy); the owner was notified after the first call.
  const isRepeated = answer.patch.length === 0 && answer.allowed;
  const decision: Decision =
    isRepeated || verdict === 'warned' || verdict === 'ignored' || verdict === 'error' ? 'unchanged' : verdict;
  const generateName = textOf(objectOf(object?.metadata)?.generateName) ?? '';
  const outcome = { decision, kinds, reasons };
  return { namespace, pod: { name, generateName }, owner: controllerTarget(object), outcome, dryRun };
}
