import { groupBy } from '../../lists/group-by.ts';
import { counted } from '../../text/counted.ts';
import { readInjected } from '../cluster/injected-pods.ts';
import type { PodRecord } from '../cluster/pod-record.ts';
import type { Check, Context } from '../finding/check.ts';
import { error, type Finding, firstLines, ok, type Read, skipped, warning } from '../finding/finding.ts';

interface Target {
  readonly discoveredLabels?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly scrapePool?: string;
  readonly scrapeUrl?: string;
  readonly health?: string;
  readonly lastError?: string;
}

/** Milliseconds in which a new pod becomes a target: some seconds after its start. (Prometheus, discovery.manager) */
const settling = 30_000;

/** `GET /api/v1/targets`. (Prometheus HTTP API) A user in the URL becomes basic authentication. */
async function readTargets(prometheus: string, state: 'active' | 'dropped'): Promise<Read<Target[]>> {
  const base = new URL(prometheus);
  const credentials =
    base.username === '' ? undefined : `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
  const url = new URL(`${base.origin}${base.pathname.replace(/\/$/, '')}/api/v1/targets?state=${state}`);
  const failed = (what: string) => ({
    ok: false as const,
    problem: error(`cannot read the targets of Prometheus at ${url.origin}: ${what}`),
  });
  try {
    const answer = await fetch(url, {
      signal: AbortSignal.timeout(30_000),
      headers:
        credentials === undefined ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    });
    if (!answer.ok) return failed(`it answers ${answer.status} ${answer.statusText}`);
    const { data } = (await answer.json()) as { data?: Record<string, Target[]> };
    const targets = data?.[`${state}Targets`];
    return targets === undefined ? failed('the answer is not one of Prometheus') : { ok: true, value: targets };
  } catch (problem) {
    const { message, cause } = problem as Error;
    return failed(cause instanceof Error && cause.message !== '' ? cause.message : message);
  }
}

export const prometheusTargets: Check = {
  id: 'prometheus.targets',
  title: 'Prometheus scrapes every injected pod once',
  category: 'prometheus',
  needs: ['kubernetes.reachable'],
  async run(context) {
    const { prometheus } = context;
    if (prometheus === undefined) return skipped('name a Prometheus with --prometheus to check its targets');
    const injected = await context.once(readInjected);
    if (!injected.ok) return injected.problem;
    const active = await readTargets(prometheus, 'active');
    if (!active.ok) return active.problem;
    const pods = injected.value.filter((pod) => isSettled(pod, context));
    const targets = byAddress(active.value);
    const isLost = pods.some((pod) => targetsOf(pod, targets).length === 0);
    const dropped = isLost ? await readTargets(prometheus, 'dropped') : undefined;
    return judgeTargets(pods, active.value, dropped?.ok ? dropped.value : []);
  },
};

function isSettled({ phase, created }: PodRecord, { now }: Context): boolean {
  return phase === 'Running' && now() - Date.parse(created) > settling;
}

/** Targets by address and port, for one lookup each: a cluster can have thousands of pods and of targets. */
function byAddress(targets: readonly Target[]): ReadonlyMap<string | undefined, Target[]> {
  return groupBy(targets, ({ scrapeUrl, discoveredLabels }) =>
    scrapeUrl === undefined ? discoveredLabels?.__address__ : hostOf(scrapeUrl),
  );
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

/** Pods and targets are compared by address and port, since jobs relabel names. */
function addressOf({ address, status }: PodRecord, port = status?.metricsPort): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${host}:${port}`;
}

/** The targets that show the page of a pod, at its own port or where a mesh serves it with its own. */
function targetsOf(pod: PodRecord, byHost: ReadonlyMap<string | undefined, Target[]>): readonly Target[] {
  const own = byHost.get(addressOf(pod)) ?? [];
  const isMerged = pod.meshPort !== undefined && /^(ours|merged)$/.test(pod.status?.scrapeDecision ?? '');
  return isMerged ? [...own, ...(byHost.get(addressOf(pod, pod.meshPort)) ?? [])] : own;
}

export function judgeTargets(
  pods: readonly PodRecord[],
  active: readonly Target[],
  dropped: readonly Target[],
): Finding {
  const errors: string[] = [];
  const warnings: string[] = [];
  const [atActive, atDropped] = [byAddress(active), byAddress(dropped)];
  for (const pod of pods) {
    const where = `pod ${pod.namespace}/${pod.name}`;
    const targets = targetsOf(pod, atActive);
    const down = targets.filter(({ health }) => health === 'down');
    if (targets.length === 0)
      errors.push(`${where} is not a target: ${reasonOf(pod, atDropped.get(addressOf(pod)) ?? [])}`);
    else if (down.length > 0) errors.push(`${where} is down in job ${jobOf(down[0]!)}: ${down[0]!.lastError ?? ''}`);
    if (targets.length > 1) {
      warnings.push(
        `${where} is scraped ${targets.length} times, by ${targets.map(jobOf).join(' and ')}: its series count twice; ` +
          'drop it from one of the jobs',
      );
    }
  }
  const lines = firstLines([...errors, ...warnings]);
  if (errors.length > 0) {
    return error(
      `Prometheus does not get the metrics of ${counted(errors.length, 'injected pod')} of ${pods.length}: see the ` +
        'lines below',
      lines,
    );
  }
  if (warnings.length > 0) {
    return warning(
      `Prometheus scrapes ${counted(warnings.length, 'injected pod')} of ${pods.length} more than once: let one ` +
        'job scrape each',
      lines,
    );
  }
  return ok(`${counted(pods.length, 'injected pod')}, each an active target once`);
}

function jobOf({ scrapePool, labels }: Target): string {
  return scrapePool ?? labels?.job ?? 'unknown';
}

function reasonOf(pod: PodRecord, dropped: readonly Target[]): string {
  const jobs = [...new Set(dropped.map((target) => target.discoveredLabels?.job ?? jobOf(target)))];
  if (jobs.length > 0)
    return `relabelling of job ${jobs.join(', ')} drops it; add the job of metrics-sidecar scrape-config`;
  const { scrapeDecision } = pod.status!;
  if (scrapeDecision === 'ours' || scrapeDecision === 'merged') {
    return (
      'no job scrapes by the prometheus.io annotations; add the job of metrics-sidecar scrape-config, or a ' +
      'PodMonitor'
    );
  }
  return (
    "its prometheus.io annotations are the application's; add the job of metrics-sidecar scrape-config, or a " +
    'PodMonitor'
  );
}
