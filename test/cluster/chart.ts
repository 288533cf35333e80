import { fileURLToPath } from 'node:url';
import { findHelm } from '../chart/find-helm.ts';
import { eventually } from './eventually.ts';
import { type KubernetesObject, must, pods } from './kubectl.ts';
import { type Ended, run } from './program.ts';

export const namespace = 'metrics-sidecar';
export const release = 'metrics-sidecar';
/** Of the Deployment, the Service, the service account. */
export const name = 'metrics-sidecar';
/** Of both webhook configurations. */
export const registration = `inject-${name}`;
export const certificates = `${name}-certs`;
export const prefix = 'metrics_sidecar_webhook_';

const selector = `app.kubernetes.io/name=${name},app.kubernetes.io/component=webhook`;
const folder = fileURLToPath(new URL('../../charts/metrics-sidecar', import.meta.url));
const helmProgram = findHelm();

/** Runs Helm in the folder of the tests, the root of the project. */
export async function helm(args: readonly string[]): Promise<Ended> {
  const program = await helmProgram;
  if (program === undefined) throw new Error('helm is not on the PATH');
  return run(program, args);
}

export async function mustHelm(args: readonly string[]): Promise<Ended> {
  const ended = await helm(args);
  if (ended.code !== 0) throw new Error(`helm ${args.join(' ')}: ${ended.err || ended.out}`);
  return ended;
}

/** Installs the chart of the working tree, or brings an installation to exactly these values, and waits for it. */
export async function installChart(...sets: readonly string[]): Promise<void> {
  await mustHelm([
    ...['upgrade', '--install', release, folder, '--namespace', namespace, '--create-namespace', '--wait'],
    ...['--timeout', '180s', '--reset-values', ...sets.flatMap((set) => ['--set', set])],
  ]);
  await whenCalled();
}

/** The API server learns of a registration by a watch: it is in force when a pod that asks comes back injected. */
export async function whenCalled(): Promise<void> {
  await eventually(async () => {
    if (!(await dryRun()).out.includes('metrics-sidecar.io/injected')) throw new Error('the webhook is not called');
  });
}

/** What the API server makes of a pod that asks. */
export function dryRun(): Promise<Ended> {
  const asking = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'asking', namespace: 'default', annotations: { 'metrics-sidecar.io/inject': 'statsd' } },
    spec: { containers: [{ name: 'app', image: 'example.invalid/app:1' }] },
  };
  return must(['create', '-f', '-', '--dry-run=server', '-o', 'json'], JSON.stringify(asking));
}

export async function uninstallChart(): Promise<void> {
  await mustHelm(['uninstall', release, '--namespace', namespace, '--ignore-not-found', '--wait']);
  await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
}

/**
 * Changes an object of the chart as Helm does: a field of another manager would be a conflict for the next upgrade.
 * `object` as it was read, whole.
 */
export async function applyAsHelm(object: KubernetesObject): Promise<void> {
  const { name: of, namespace: where, labels, annotations } = object.metadata;
  const metadata = { name: of, ...(where !== undefined && { namespace: where }), labels, annotations };
  const args = ['apply', '--server-side', '--force-conflicts', '--field-manager=helm', '-f', '-'];
  await must(args, JSON.stringify({ ...object, metadata }));
}

export async function scale(replicas: number): Promise<void> {
  await must(['scale', `deployment/${name}`, '-n', namespace, `--replicas=${replicas}`]);
  await rolledOut();
  if (replicas > 0) return;
  // Until the last one is gone: while they stop, they answer.
  await must(['wait', 'pod', '-n', namespace, '-l', selector, '--for=delete', '--timeout=60s']);
}

export async function rolledOut(): Promise<void> {
  await must(['rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=180s']);
}

/** The names of the webhook's pods, without those that are going. */
export async function webhookPods(): Promise<string[]> {
  const found = await pods(namespace, selector);
  return found.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name);
}

/** A page of one replica, read through the API server. */
export async function page(pod: string, path: string): Promise<string> {
  return (await must(['get', '--raw', `/api/v1/namespaces/${namespace}/pods/${pod}:9102/proxy${path}`])).out;
}

/**
 * The value of one series of a replica, written as the page writes it without the prefix:
 * `events_total{outcome="sent"}`.
 */
export async function metric(pod: string, series: string): Promise<number | undefined> {
  const text = await page(pod, '/metrics');
  const line = text.split('\n').find((one) => one.startsWith(`${prefix}${series} `));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}
