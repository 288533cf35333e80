import { createEvents, type Told } from '../cluster/events.ts';
import { type MissedReport, type MissedWatch, watchMissed } from '../cluster/missed.ts';
import { controllerOf } from '../cluster/owner.ts';
import { type ClusterFacts, watchFacts } from '../cluster/watch-facts.ts';
import type { WebhookSettings } from '../contract/webhook.ts';
import type { Decision } from '../inject/outcome/outcome.ts';
import type { Facts } from '../inject/pod/namespace-facts.ts';
import { objectOf, textOf } from '../json/json.ts';
import type { Kube } from '../kube/kube.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Decided } from './admission/decide.ts';
import type { Background } from './metrics/background-failures.ts';
import type { Watching } from './metrics/cluster-metrics.ts';
import type { Metrics } from './metrics/webhook-metrics.ts';
import type { Review } from './protocol/review.ts';

/** What the webhook knows of the cluster, and how it speaks to it. Nothing of it waits for the API server in a request. */
export interface ClusterSide extends Pick<Watching, 'sources' | 'missed'> {
  readonly facts: (namespace: string) => Facts;
  /** Of a review that was no dry run: its pod's owner is told. */
  readonly tell: (review: Review, decided: Decided) => void;
  /** Why a decision now could be a wrong one; nothing once everything was complete, or was waited for long enough. */
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
  /** Called after each change of what is known. */
  readonly changed: () => void;
  readonly background: Background;
}

/**
 * How long a replica that starts waits for the first full list of everything, in milliseconds. Then it takes part with
 * what it has: a cluster that refuses one list must not be without its webhook.
 */
const patience = 15_000;

/** Where nothing watches the cluster. */
export const noCluster: ClusterSide = {
  facts: (namespace) => ({ namespace: { name: namespace, labels: {}, limitRanges: [] }, kubelets: null }),
  tell: () => {},
  sources: () => [],
  missed: () => undefined,
  notReady: () => undefined,
  stop: async () => {},
};

/** Watches what `--cluster` asks for, from now on. */
export function watchCluster(settings: WebhookSettings, kube: Kube, context: ClusterContext): ClusterSide {
  const { metrics, log, now, random, instance, changed, background } = context;
  const started = now();
  const facts = watchFacts(kube, { now, random, failed: background('watch') });
  const tellProblems = logProblems(facts, log);
  const quiet = facts.onChange(() => {
    tellProblems();
    changed();
  });
  const events = settings.clusterEvents
    ? createEvents(kube, { now, random, instance, counted: metrics.event, failed: background('events') })
    : undefined;
  let report: MissedReport | undefined;
  const missed = lookForMissed(settings, kube, facts, context, (found) => {
    report = found;
  });
  return {
    facts: (namespace) => facts.of(namespace),
    sources: () => facts.sources(),
    missed: () => report && { count: report.pods, at: report.at },
    tell(review, decided) {
      if (review.kind === 'Pod') events?.tell(tellingOf(review, decided));
    },
    notReady() {
      const open = facts.sources().filter(({ synced }) => !synced);
      if (open.length === 0 || now() - started > patience) return undefined;
      return `not known yet: ${open.map(({ resource }) => resource).join(', ')}`;
    },
    async stop() {
      quiet();
      facts.stop();
      await Promise.all([missed?.stop(), events?.stop()]);
    },
  };
}

/** Looks for missed pods every interval, and says which where there are others than before. */
function lookForMissed(
  settings: WebhookSettings,
  kube: Kube,
  facts: ClusterFacts,
  { log, now, random, background }: ClusterContext,
  found: (report: MissedReport) => void,
): MissedWatch | undefined {
  const { clusterMissedInterval: interval, clusterExcludedNamespaces } = settings;
  if (interval === 0) return undefined;
  const excluded = new Set(clusterExcludedNamespaces);
  const labels = (namespace: string) => facts.of(namespace).namespace.labels;
  let said = 0;
  const failed = background('missed');
  return watchMissed(kube, { interval, now, random, excluded, labels, failed }, (result) => {
    if (!result.ok) return log.warn('missed pods could not be looked for', { problem: result.problem.message });
    const { pods, examples } = result.report;
    if (pods > 0 && pods !== said) log.warn('pods were missed', { pods, examples, hint });
    said = pods;
    found(result.report);
  });
}

const hint = 'they ask for a sidecar and were created without the webhook being asked: create them anew';

/** Says once what cannot be kept up to date, and that it can be again. */
function logProblems(facts: ClusterFacts, log: Logger): () => void {
  const said = new Map<string, string | undefined>();
  return () => {
    for (const { resource, problem } of facts.sources()) {
      if (said.get(resource) === problem) continue;
      if (problem !== undefined) log.warn('the cluster is not watched', { resource, problem });
      else log.info('the cluster is watched again', { resource });
      said.set(resource, problem);
    }
  };
}

/** What an owner is told of a review: texts as they came. */
function tellingOf({ namespace, name, dryRun, object }: Review, { verdict, answer, kinds, reasons }: Decided): Told {
  // Called again after other webhooks (reinvocationPolicy), a wrong pod is wrong again; its owner was told the first time.
  const again = answer.patch.length === 0 && answer.allowed;
  const decision: Decision =
    again || verdict === 'warned' || verdict === 'ignored' || verdict === 'error' ? 'unchanged' : verdict;
  const generateName = textOf(objectOf(object?.metadata)?.generateName) ?? '';
  const outcome = { decision, kinds, reasons };
  return { namespace, pod: { name, generateName }, owner: controllerOf(object), outcome, dryRun };
}
