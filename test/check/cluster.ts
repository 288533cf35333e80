import { issueAuthority, issueServing } from '../../src/certificates/issue/issue.ts';
import type { KeyPair } from '../../src/certificates/pem/key-pair.ts';
import { type Access, accessText } from '../../src/check/cluster/access-review.ts';
import { type Check, type CheckOptions, type Context, contextOf } from '../../src/check/finding/check.ts';
import type { Finding } from '../../src/check/finding/finding.ts';
import { runChecks } from '../../src/check/run-checks.ts';
import { injectPod } from '../../src/inject/inject.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { patched } from '../inject/pods.ts';
import type { ApiCall } from '../kube/api-answer.ts';
import type { FakedAnswer } from '../kube/api-calls.ts';
import { type FakeApiServer, startApiServer } from '../kube/api-server.ts';

export const now = Date.parse('2026-06-01T00:00:00Z');
export const version = '1.2.3';
const from = new Date('2026-05-30T00:00:00Z');

export const authority = await issueAuthority('test authority', { from, days: 3650 });
export const strangeAuthority = await issueAuthority('strange authority', { from, days: 3650 });
export const dnsName = 'metrics-sidecar.metrics-sidecar.svc';
const standard = await serving();

export function serving(days = 90, names: readonly string[] = [dnsName], issuer = authority): Promise<KeyPair> {
  return issueServing(issuer, names, { from, days });
}

export const path = {
  mutating: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/metrics-sidecar',
  validating: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/metrics-sidecar',
  service: '/api/v1/namespaces/metrics-sidecar/services/metrics-sidecar',
  secret: '/api/v1/namespaces/metrics-sidecar/secrets/metrics-sidecar-certs',
  webhookPod: (name: string) => `/api/v1/namespaces/metrics-sidecar/pods/${name}`,
  pod: (name: string, namespace = 'shop') => `/api/v1/namespaces/${namespace}/pods/${name}`,
};

/** A cluster in which every check is ok; a test breaks it. */
export interface TestCluster {
  readonly api: FakeApiServer;
  /** The missing rights of the person and of the webhook's service account, as `accessText` writes them. */
  readonly denied: Set<string>;
  /** The answers at other paths: proxies, API groups, the version. */
  readonly answers: Map<string, FakedAnswer>;
  /** The answer to a pod that is created as a dry run. */
  admit: (pod: JsonObject) => FakedAnswer;
  /** Sets a field of an object, `spec/ports/0/port` (`~` is a slash of a key); undefined removes it. */
  readonly set: (path: string, field: string, value: unknown) => void;
  readonly context: (options?: Partial<CheckOptions>) => Context;
  readonly stop: () => Promise<void>;
}

export async function startCluster(): Promise<TestCluster> {
  const api = await startApiServer();
  const answers = new Map<string, FakedAnswer>();
  const denied = new Set<string>();
  for (const [at, object] of objects()) api.put(at, object);
  for (const name of ['a', 'b']) {
    const root = `${path.webhookPod(`metrics-sidecar-${name}`)}:9102/proxy`;
    answers.set(`${root}/metrics`, { status: 200, body: metrics() });
    answers.set(`${root}/readyz`, { status: 200, body: 'ok\n' });
  }
  answers.set(`${path.service.replace(/[^/]+$/, 'https:metrics-sidecar:443')}/proxy/mutate`, {
    status: 405,
    body: 'GET is not answered here, only POST\n',
  });
  const cluster: TestCluster = {
    api,
    denied,
    answers,
    admit: (pod) => ({ status: 201, body: injected(pod) }),
    set: (at, field, value) => void api.put(at, withField(api.get(at)!, field, value)),
    context: (options) =>
      contextOf(api.kube(), {
        namespace: 'default',
        releaseNamespace: 'metrics-sidecar',
        prometheus: undefined,
        version,
        now: () => now,
        ...options,
      }),
    stop: api.stop,
  };
  const isFaked = ({ path: at }: ApiCall) => answers.has(at);
  api.fail(isFaked, (call) => answers.get(call.path)!);
  api.fail({ method: 'POST', path: /subjectaccessreviews$/ }, (call) => ({ status: 201, body: review(call, denied) }));
  api.fail(
    ({ method, query }) => method === 'POST' && query['dryRun'] === 'All',
    ({ body }) => cluster.admit(body as JsonObject),
  );
  return cluster;
}

type Fields = Record<string, unknown>;

function withField(object: object, field: string, value: unknown): object {
  const changed = structuredClone(object) as Fields;
  const keys = field.split('/').map((key) => key.replace('~', '/'));
  const last = keys.pop()!;
  const parent = keys.reduce((at, key) => at[key] as Fields, changed);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return changed;
}

/** The finding of one check. */
export async function findingOf(check: Check, context: Context): Promise<Finding> {
  const [one] = await runChecks([check], context);
  const { result, message, details } = one!;
  return { result, message, details };
}

export function metrics(values: Readonly<Record<string, number>> = {}): string {
  const all = {
    'build_info{version="1.2.3",node="24.1.0"}': 1,
    certificate_expiry_timestamp_seconds: Date.parse('2026-08-28T00:00:00Z') / 1000,
    ca_bundle_synced: 1,
    ...values,
  };
  return Object.entries(all)
    .map(([name, value]) => `# HELP x x\nmetrics_sidecar_webhook_${name} ${value}\n`)
    .join('');
}

/** The pod that the engine makes of it, with the settings of an installation. */
export function injected(pod: JsonObject, by = version): JsonObject {
  const outcome = injectPod({
    pod,
    facts: { namespace: { name: 'shop', labels: {}, limitRanges: [] }, kubelets: null },
    settings: {
      defaults: new Map(),
      onInvalid: 'allow',
      nativeSidecars: 'auto',
      discovery: 'annotations',
      version: by,
    },
  });
  return patched(pod, outcome);
}

/** A pod of Deployment web in namespace shop. */
export function webPod(
  name: string,
  more: { readonly annotations?: object; readonly metadata?: object; readonly spec?: object } = {},
): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      creationTimestamp: '2026-05-01T00:00:00Z',
      labels: { app: 'web', 'pod-template-hash': '5d9c7b6f4' },
      annotations: { 'metrics-sidecar.io/inject': 'statsd', ...more.annotations },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d9c7b6f4', uid: 'u', controller: true },
      ],
      ...more.metadata,
    },
    spec: { containers: [{ name: 'app', image: 'example.test/web:1' }], ...more.spec },
  } as JsonObject;
}

/** The pod with the status of a running one. */
export function running(pod: JsonObject, podIP = '10.1.0.7'): object {
  return { ...pod, status: { phase: 'Running', podIP } };
}

function objects(): [path: string, object: object][] {
  const namespace = (name: string, labels = {}) => [
    `/api/v1/namespaces/${name}`,
    { metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } } },
  ];
  return [
    ['/api/v1/nodes/node-1', { metadata: {}, status: { nodeInfo: { kubeletVersion: 'v1.35.4' } } }],
    ...['default', 'kube-system', 'metrics-sidecar', 'shop'].map((name) => namespace(name) as [string, object]),
    [path.mutating, { metadata: { labels: own, creationTimestamp: '2026-03-01T00:00:00Z' }, webhooks: [podsEntry] }],
    [
      path.validating,
      { metadata: { labels: own }, webhooks: [{ ...common('/lint'), name: 'workloads.metrics-sidecar.io' }] },
    ],
    [path.service, { spec: { selector: own, ports: [{ name: 'https', port: 443, targetPort: 'https' }] } }],
    [path.secret, { data: { 'tls.crt': base64(standard.cert) } }],
    [path.webhookPod('metrics-sidecar-a'), webhookPod],
    [path.webhookPod('metrics-sidecar-b'), webhookPod],
    [path.pod('web-5d9c7b6f4-x'), running(injected(webPod('web-5d9c7b6f4-x')))],
  ];
}

const own = { 'app.kubernetes.io/name': 'metrics-sidecar' };

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function common(at: string) {
  return {
    clientConfig: {
      caBundle: base64(authority.cert),
      service: { namespace: 'metrics-sidecar', name: 'metrics-sidecar', path: at, port: 443 },
    },
    failurePolicy: 'Ignore',
    sideEffects: 'NoneOnDryRun',
    timeoutSeconds: 5,
    namespaceSelector: {
      matchExpressions: [
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'metrics-sidecar'] },
      ],
    },
    objectSelector: {},
  };
}

export const podsEntry = {
  ...common('/mutate'),
  name: 'pods.metrics-sidecar.io',
  rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
  matchConditions: [{ name: 'asks', expression: 'true' }],
  reinvocationPolicy: 'IfNeeded',
};

const webhookPod = {
  metadata: { labels: { ...own, 'app.kubernetes.io/version': version } },
  spec: {
    serviceAccountName: 'metrics-sidecar',
    containers: [
      {
        name: 'webhook',
        image: 'example.test/metrics-sidecar:1.2.3',
        args: [
          'webhook',
          '--cluster',
          '--certificates.mode=auto',
          '--certificates.secret=metrics-sidecar/metrics-sidecar-certs',
          '--webhook-configuration=metrics-sidecar',
        ],
      },
    ],
  },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
};

function review({ path: at, body }: ApiCall, denied: ReadonlySet<string>): object {
  const { spec } = body as { spec: { resourceAttributes: Access } };
  const who = at.endsWith('selfsubjectaccessreviews') ? 'you' : 'webhook';
  return { status: { allowed: !denied.has(`${who}: ${accessText(spec.resourceAttributes)}`) } };
}
