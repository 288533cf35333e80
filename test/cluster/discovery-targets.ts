import { expect } from 'vitest';
import { type Running, type Targets, targetsOf } from './discovery-agents.ts';
import type { Discovery, Job } from './discovery-jobs.ts';
import { eventually } from './eventually.ts';
import { type Pod, pods } from './kubectl.ts';
import { type Expected, type Shape, shapes } from './shapes.ts';

/**
 * Waits until the agent's targets in a namespace are exactly what is expected of each shape, every one up. A target too
 * many cannot come later: each job has judged each pod by then.
 */
export async function expectTargets(
  running: Running,
  jobs: readonly Job[],
  namespace: string,
  expected: (shape: Shape) => Expected,
): Promise<void> {
  const created = await pods(namespace, 'app');
  const table = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, [...expected(shape)].sort()]));
  await eventually(async () => {
    const targets = await targetsOf(running);
    expect(found(targets, namespace)).toEqual(table);
    expect(judged(targets, namespace)).toEqual(new Set(jobs.flatMap((job) => candidates(job, created))));
  }, 60);
}

const names: Readonly<Record<string, string>> = { 'kubernetes-pods': 'pods', 'kubernetes-pods-slow': 'slow' };

/** What is scraped of each shape, as `JOB PORT/PATH`, and what is wrong with it, if anything is. */
function found({ active }: Targets, namespace: string): Record<string, string[]> {
  const result: Record<string, string[]> = Object.fromEntries(Object.keys(shapes).map((name) => [name, []]));
  for (const { discoveredLabels: labels, scrapeUrl, health, lastError } of active) {
    if (labels.__meta_kubernetes_namespace !== namespace) continue;
    const { port, pathname, search } = new URL(scrapeUrl);
    const wrong = health === 'up' ? '' : ` ${health} ${lastError}`;
    const target = `${names[labels.job!] ?? 'sidecar'} ${port || '80'}${pathname}${search}${wrong}`;
    const name = labels.__meta_kubernetes_pod_name!;
    result[name] = [...(result[name] ?? []), target];
  }
  return Object.fromEntries(Object.entries(result).map(([name, list]) => [name, list.sort()]));
}

/** Job and pod of whatever was discovered, kept or not. */
function judged({ active, dropped }: Targets, namespace: string): Set<string> {
  const all = [...active.map(({ discoveredLabels }) => discoveredLabels), ...dropped];
  return new Set(
    all
      .filter((labels) => labels.__meta_kubernetes_namespace === namespace)
      .map((labels) => `${labels.job} ${labels.__meta_kubernetes_pod_name}`),
  );
}

/** Job and pod of whatever the API server tells the job of. */
function candidates({ job_name, kubernetes_sd_configs: discoveries = [] }: Job, created: readonly Pod[]): string[] {
  return created
    .filter((pod) => discoveries.some((discovery) => discovers(discovery, pod)))
    .map(({ metadata }) => `${job_name} ${metadata.name}`);
}

function discovers({ role, namespaces, selectors = [] }: Discovery, { metadata }: Pod): boolean {
  const wanted = selectors.flatMap(({ label = '' }) => label.split(',')).map((one) => one.split('='));
  return (
    role === 'pod' &&
    (namespaces?.names?.includes(metadata.namespace) ?? true) &&
    wanted.every(([key, value]) => metadata.labels?.[key!] === value)
  );
}
