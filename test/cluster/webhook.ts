import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueCertificates } from '../../scripts/certificates.ts';
import { eventually } from './eventually.ts';
import { apply, must } from './kubectl.ts';

export const namespace = 'metrics-sidecar';
export const name = 'metrics-sidecar-webhook';

/** The image under test: it is on the nodes, or they can pull it. */
export const image = process.env.IMAGE ?? 'localhost/metrics-sidecar:dev';
/** The image that the example applications run in; here it is on the nodes too. */
export const haproxyImage = process.env.HAPROXY_IMAGE ?? 'docker.io/library/haproxy:3.0';

const labels = { 'app.kubernetes.io/name': 'metrics-sidecar' };
const asks = "has(object.metadata.annotations) && 'metrics-sidecar.io/inject' in object.metadata.annotations";

/**
 * Deploys the webhook with certificates of its own and registers it. What an earlier run left goes first: its replicas
 * would serve the old certificate until the kubelet brings them the new one.
 */
export async function deployWebhook(): Promise<void> {
  await removeWebhook();
  const folder = await mkdtemp(join(tmpdir(), 'metrics-sidecar-certs-'));
  await issueCertificates({ folder, names: [`${name}.${namespace}.svc`] });
  const file = (path: string) => readFile(join(folder, path), 'base64');
  const [ca, cert, key] = await Promise.all([file('ca.crt'), file('tls.crt'), file('tls.key')]);
  await apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': cert, 'tls.key': key },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace },
      data: { 'settings.yaml': settings },
    },
    deployment,
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { selector: labels, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
    },
  ]);
  await must(['rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=120s']);
  await apply(registrations(ca));
  // The API server learns of a registration by a watch: it is in force when a pod that asks comes back injected.
  const asking = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'asking', namespace: 'default', annotations: { 'metrics-sidecar.io/inject': 'statsd' } },
    spec: { containers: [{ name: 'app', image: 'example.invalid/app:1' }] },
  };
  await eventually(async () => {
    const { out } = await must(['create', '-f', '-', '--dry-run=server', '-o', 'json'], JSON.stringify(asking));
    if (!out.includes('metrics-sidecar.io/injected')) throw new Error('the webhook is registered but not called');
  });
}

export async function removeWebhook(): Promise<void> {
  await must(['delete', 'mutatingwebhookconfiguration,validatingwebhookconfiguration', name, '--ignore-not-found']);
  await must(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=true', '--timeout=120s']);
}

const settings = `defaults:
  image: ${image}
  image-pull-policy: IfNotPresent
  haproxy:
    image: ${haproxyImage}
    image-pull-policy: IfNotPresent
`;

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    template: {
      metadata: { labels },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 30,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'webhook',
            image,
            imagePullPolicy: 'IfNotPresent',
            args: ['webhook', '--settings=/etc/metrics-sidecar/settings/settings.yaml', '--shutdown.grace-period=10s'],
            ports: [
              { name: 'https', containerPort: 10250 },
              { name: 'web', containerPort: 9102 },
            ],
            readinessProbe: { httpGet: { path: '/readyz', port: 'web' }, periodSeconds: 1 },
            livenessProbe: { httpGet: { path: '/healthz', port: 'web' } },
            resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '192Mi' } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            volumeMounts: [
              { name: 'certs', mountPath: '/etc/metrics-sidecar/certs', readOnly: true },
              { name: 'settings', mountPath: '/etc/metrics-sidecar/settings', readOnly: true },
            ],
          },
        ],
        volumes: [
          { name: 'certs', secret: { secretName: name } },
          { name: 'settings', configMap: { name } },
        ],
      },
    },
  },
};

function registrations(ca: string): object[] {
  const elsewhere = {
    matchExpressions: [
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'kube-node-lease', namespace] },
    ],
  };
  const call = (path: string) => ({ service: { name, namespace, path, port: 443 }, caBundle: ca });
  const common = {
    admissionReviewVersions: ['v1', 'v1beta1'],
    sideEffects: 'None',
    failurePolicy: 'Ignore',
    timeoutSeconds: 5,
    namespaceSelector: elsewhere,
  };
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name },
      webhooks: [
        {
          name: 'pods.metrics-sidecar.io',
          clientConfig: call('/mutate'),
          rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
          matchConditions: [{ name: 'asks', expression: asks }],
          reinvocationPolicy: 'IfNeeded',
          ...common,
        },
        {
          name: 'services.metrics-sidecar.io',
          clientConfig: call('/mutate'),
          rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['services'], operations: ['CREATE', 'UPDATE'] }],
          matchConditions: [
            {
              name: 'asks',
              expression:
                "has(object.metadata.annotations) && ('metrics-sidecar.io/scrape' in object.metadata.annotations || 'haproxy.metrics-sidecar.io/route' in object.metadata.annotations)",
            },
          ],
          reinvocationPolicy: 'IfNeeded',
          ...common,
        },
      ],
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name },
      webhooks: [
        {
          name: 'workloads.metrics-sidecar.io',
          clientConfig: call('/lint'),
          rules: [
            {
              apiGroups: ['apps'],
              apiVersions: ['v1'],
              resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'],
              operations: ['CREATE', 'UPDATE'],
            },
            {
              apiGroups: ['batch'],
              apiVersions: ['v1'],
              resources: ['jobs', 'cronjobs'],
              operations: ['CREATE', 'UPDATE'],
            },
          ],
          ...common,
          timeoutSeconds: 3,
        },
      ],
    },
  ];
}
