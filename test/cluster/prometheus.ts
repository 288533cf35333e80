import { readFile } from 'node:fs/promises';
import { apply, must } from './kubectl.ts';

const namespace = 'metrics-sidecar-prometheus';
const name = 'prometheus';
const labels = { app: name };
export const prometheusImage = process.env.PROMETHEUS_IMAGE ?? 'quay.io/prometheus/prometheus:v3.9.1';

/** Starts a real Prometheus with the stock chart's `kubernetes-pods` job, which knows nothing of metrics-sidecar. */
export async function deployPrometheus(): Promise<void> {
  const config = await readFile(new URL('prometheus.yml', import.meta.url), 'utf8');
  await apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: namespace },
      rules: [{ apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: namespace },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { 'prometheus.yml': config } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            terminationGracePeriodSeconds: 2,
            containers: [
              {
                name,
                image: prometheusImage,
                imagePullPolicy: 'IfNotPresent',
                args: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/data'],
                ports: [{ name: 'web', containerPort: 9090 }],
                readinessProbe: { httpGet: { path: '/-/ready', port: 'web' }, periodSeconds: 1 },
                volumeMounts: [
                  { name: 'config', mountPath: '/etc/prometheus' },
                  { name: 'data', mountPath: '/data' },
                ],
              },
            ],
            volumes: [
              { name: 'config', configMap: { name } },
              { name: 'data', emptyDir: {} },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { selector: labels, ports: [{ name: 'web', port: 9090, targetPort: 'web' }] },
    },
  ]);
  await must(['rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=120s']);
}

export async function removePrometheus(): Promise<void> {
  await must(['delete', 'clusterrole,clusterrolebinding', namespace, '--ignore-not-found']);
  await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
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
