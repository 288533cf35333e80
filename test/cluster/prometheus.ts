import { fileURLToPath } from 'node:url';
import { must } from './kubectl.ts';

const manifest = fileURLToPath(new URL('../../examples/prometheus/prometheus.yaml', import.meta.url));
const namespace = 'prometheus';
const name = 'prometheus';

/**
 * Starts the Prometheus of the examples, which is real and has the stock chart's `kubernetes-pods` job. What the README
 * says of it is what runs here.
 */
export async function deployPrometheus(): Promise<void> {
  await must(['apply', '-f', manifest]);
  await must(['rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=120s']);
}

export async function removePrometheus(): Promise<void> {
  await must(['delete', '-f', manifest, '--ignore-not-found', '--timeout=120s']);
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** An instant query, asked through the API server, so that the test need not reach pods itself. */
export async function query(expression: string): Promise<readonly Sample[]> {
  const path = `/api/v1/namespaces/${namespace}/services/${name}:web/proxy/api/v1/query?query=${encodeURIComponent(expression)}`;
  const { out } = await must(['get', '--raw', path]);
  return (JSON.parse(out) as { data: { result: Sample[] } }).data.result;
}

export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
  readonly scrapeUrl: string;
}

/** The active targets of a namespace. */
export async function targets(of: string): Promise<readonly Target[]> {
  const path = `/api/v1/namespaces/${namespace}/services/${name}:web/proxy/api/v1/targets?state=active`;
  const { out } = await must(['get', '--raw', path]);
  const { activeTargets } = (JSON.parse(out) as { data: { activeTargets: Target[] } }).data;
  return activeTargets.filter(({ labels: { namespace: where } }) => where === of);
}
