import { certManager } from '../../../src/check/webhook-checks/cert-manager.ts';
import { webhookCaBundle } from '../../../src/check/webhook-checks/webhook-ca-bundle.ts';
import { webhookCertificate } from '../../../src/check/webhook-checks/webhook-certificate.ts';
import { webhookConfiguration } from '../../../src/check/webhook-checks/webhook-configuration.ts';
import { webhookInjects } from '../../../src/check/webhook-checks/webhook-injects.ts';
import { webhookRbac } from '../../../src/check/webhook-checks/webhook-rbac.ts';
import { webhookReachable } from '../../../src/check/webhook-checks/webhook-reachable.ts';
import { webhookEndpoints, webhookService } from '../../../src/check/webhook-checks/webhook-service.ts';
import { webhookVersion } from '../../../src/check/webhook-checks/webhook-version.ts';
import type { FakedAnswer } from '../../kube/api-calls.ts';
import { type Case, testCases } from '../case.ts';
import {
  authority,
  base64,
  metrics,
  path,
  podsEntry,
  serving,
  strangeAuthority,
  type TestCluster,
} from '../cluster.ts';

const serviceProxy = '/api/v1/namespaces/metrics-sidecar/services/https:metrics-sidecar:443/proxy/mutate';
const page = (name: string) => `${path.webhookPod(`metrics-sidecar-${name}`)}:9102/proxy/metrics`;
const readyz = (name: string) => `${path.webhookPod(`metrics-sidecar-${name}`)}:9102/proxy/readyz`;

const proxied = (answer: FakedAnswer) => (cluster: TestCluster) => void cluster.answers.set(serviceProxy, answer);
const entry = (field: string, value: unknown) => (cluster: TestCluster) =>
  cluster.set(path.mutating, `webhooks/0/${field}`, value);
const secret = async (cluster: TestCluster, ...of: Parameters<typeof serving>) => {
  const pair = await serving(...of);
  cluster.set(path.secret, 'data', { 'tls.crt': base64(pair.cert) });
  cluster.answers.set(page('a'), { status: 404 }).set(page('b'), { status: 404 });
};
const admitted = (answer: FakedAnswer) => (cluster: TestCluster) => {
  cluster.admit = () => answer;
};

const configuration: Case[] = [
  {
    when: 'nothing is registered',
    check: webhookConfiguration,
    arrange: ({ api }) => api.remove(path.mutating),
    result: 'error',
  },
  {
    when: 'it is registered by hand, without the label',
    check: webhookConfiguration,
    arrange: (cluster) => cluster.set(path.mutating, 'metadata/labels', {}),
    result: 'ok',
  },
  {
    when: 'the entry for pods has another name',
    check: webhookConfiguration,
    arrange: entry('name', 'injector.metrics-sidecar.io'),
    result: 'ok',
  },
  {
    when: 'there are no entries',
    check: webhookConfiguration,
    arrange: (cluster) => cluster.set(path.mutating, 'webhooks', []),
    result: 'error',
  },
  {
    when: 'failurePolicy Fail with matchConditions',
    check: webhookConfiguration,
    arrange: entry('failurePolicy', 'Fail'),
    result: 'ok',
  },
  {
    when: 'failurePolicy Fail for every pod, kube-system included, its own namespace too',
    check: webhookConfiguration,
    arrange: (cluster) => {
      entry('failurePolicy', 'Fail')(cluster);
      entry('matchConditions', [])(cluster);
      entry('namespaceSelector', {})(cluster);
    },
    result: 'error',
  },
  {
    when: 'failurePolicy Fail for every pod outside kube-system',
    check: webhookConfiguration,
    arrange: (cluster) => {
      entry('failurePolicy', 'Fail')(cluster);
      entry('matchConditions', [])(cluster);
    },
    result: 'warning',
  },
  {
    when: 'no matchConditions',
    check: webhookConfiguration,
    arrange: entry('matchConditions', undefined),
    result: 'warning',
  },
  {
    when: 'no matchConditions, for namespaces with the label only',
    check: webhookConfiguration,
    arrange: (cluster) => {
      const selector = { matchExpressions: [{ key: 'metrics-sidecar.io/inject', operator: 'Exists' }] };
      const second = {
        ...podsEntry,
        name: 'namespaces.metrics-sidecar.io',
        matchConditions: [],
        namespaceSelector: selector,
      };
      cluster.set(path.mutating, 'webhooks', [podsEntry, second]);
    },
    result: 'ok',
  },
  {
    when: 'side effects, no reinvocation, and a long timeout',
    check: webhookConfiguration,
    arrange: (cluster) => {
      entry('sideEffects', 'Unknown')(cluster);
      entry('reinvocationPolicy', 'Never')(cluster);
      entry('timeoutSeconds', 30)(cluster);
    },
    result: 'warning',
  },
  {
    when: 'two releases',
    check: webhookConfiguration,
    arrange: ({ api }) => void api.put(`${path.mutating}-2`, { webhooks: [podsEntry] }),
    result: 'warning',
  },
  {
    when: 'two releases, of which the other is meant',
    check: webhookConfiguration,
    arrange: ({ api }) => {
      const service = { namespace: 'other', name: 'metrics-sidecar' };
      api.put(`${path.mutating}-2`, { webhooks: [{ ...podsEntry, clientConfig: { service } }] });
    },
    options: { releaseNamespace: 'other' },
    result: 'warning',
  },
  {
    when: 'you may not list configurations',
    check: webhookConfiguration,
    arrange: ({ api }) =>
      void api.fail({ path: /mutatingwebhookconfigurations$/ }, { status: 403, message: 'User "dev" cannot list' }),
    result: 'skipped',
  },
];

const service: Case[] = [
  { when: 'it is gone', check: webhookService, arrange: ({ api }) => api.remove(path.service), result: 'error' },
  {
    when: 'it has no selector',
    check: webhookService,
    arrange: (cluster) => cluster.set(path.service, 'spec/selector', undefined),
    result: 'error',
  },
  {
    when: 'it has another port',
    check: webhookService,
    arrange: (cluster) => cluster.set(path.service, 'spec/ports/0/port', 8443),
    result: 'error',
  },
  {
    when: 'the webhook is called by an URL',
    check: webhookService,
    arrange: entry('clientConfig', { url: 'https://webhook.example.test/mutate' }),
    result: 'skipped',
  },
  {
    when: 'there are no pods',
    check: webhookEndpoints,
    arrange: ({ api }) => {
      for (const name of ['a', 'b']) api.remove(path.webhookPod(`metrics-sidecar-${name}`));
    },
    result: 'error',
  },
  {
    when: 'none is ready: an image that is not there, and a pod that has no place',
    check: webhookEndpoints,
    arrange: (cluster) => {
      cluster.set(path.webhookPod('metrics-sidecar-a'), 'status', {
        phase: 'Pending',
        containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }],
      });
      cluster.set(path.webhookPod('metrics-sidecar-b'), 'status', {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }],
      });
    },
    result: 'error',
  },
  {
    when: 'one crashes and says why',
    check: webhookEndpoints,
    arrange: (cluster) => {
      const message = 'TypeError: no such thing\n    at run (/app/main.js:1:1)\n\nNode.js v24.21.0\n';
      cluster.set(path.webhookPod('metrics-sidecar-a'), 'status', {
        phase: 'Running',
        containerStatuses: [
          { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { message } } },
        ],
      });
    },
    result: 'warning',
  },
  {
    when: 'one is not ready',
    check: webhookEndpoints,
    arrange: (cluster) => cluster.set(path.webhookPod('metrics-sidecar-a'), 'status', { phase: 'Running' }),
    result: 'warning',
  },
];

const dialled = (what: string): FakedAnswer => ({ status: 503, message: `error trying to reach service: ${what}` });
const reachable: Case[] = [
  ...[
    'dial tcp 10.244.0.5:10250: i/o timeout',
    'dial tcp 10.244.0.5:10250: connect: connection refused',
    'dial tcp: lookup node-1 on 10.0.0.1:53: no such host',
    'tls: first record does not look like a TLS handshake',
    'context deadline exceeded',
    'EOF',
  ].map((what): Case => ({ when: what, check: webhookReachable, arrange: proxied(dialled(what)), result: 'error' })),
  {
    when: 'no endpoints',
    check: webhookReachable,
    arrange: proxied({ status: 503, message: 'no endpoints available for service "https:metrics-sidecar:443"' }),
    result: 'error',
  },
  {
    when: 'you may not use the proxy',
    check: webhookReachable,
    arrange: proxied({ status: 403, message: 'services "https:metrics-sidecar:443" is forbidden' }),
    result: 'skipped',
  },
];

const certificates: Case[] = [
  { when: 'it has expired', check: webhookCertificate, arrange: (cluster) => secret(cluster, 1), result: 'error' },
  { when: 'it expires soon', check: webhookCertificate, arrange: (cluster) => secret(cluster, 6), result: 'warning' },
  {
    when: 'it is for another name',
    check: webhookCertificate,
    arrange: (cluster) => secret(cluster, 90, ['metrics-sidecar.other.svc']),
    result: 'error',
  },
  {
    when: 'the clock is behind',
    check: webhookCertificate,
    arrange: () => {},
    options: { now: () => Date.parse('2026-05-01T00:00:00Z') },
    result: 'error',
  },
  {
    when: 'the Secret is gone',
    check: webhookCertificate,
    arrange: ({ api }) => api.remove(path.secret),
    result: 'error',
  },
  {
    when: 'the Secret is still empty',
    check: webhookCertificate,
    arrange: (cluster) => cluster.set(path.secret, 'data', {}),
    result: 'error',
  },
  {
    when: 'a replica serves an older one',
    check: webhookCertificate,
    arrange: ({ answers }) => {
      const certificate_expiry_timestamp_seconds = Date.parse('2026-06-20T00:00:00Z') / 1000;
      answers.set(page('b'), { status: 200, body: metrics({ certificate_expiry_timestamp_seconds }) });
    },
    result: 'warning',
  },
  {
    when: 'a replica serves one that has expired',
    check: webhookCertificate,
    arrange: ({ answers }) => {
      const certificate_expiry_timestamp_seconds = Date.parse('2026-05-31T00:00:00Z') / 1000;
      answers.set(page('b'), { status: 200, body: metrics({ certificate_expiry_timestamp_seconds }) });
    },
    result: 'error',
  },
  {
    when: 'you may not read the Secret',
    check: webhookCertificate,
    arrange: ({ api }) => void api.fail({ path: path.secret }, { status: 403, message: 'secrets is forbidden' }),
    result: 'skipped',
  },
  {
    when: 'caBundle is empty',
    check: webhookCaBundle,
    arrange: entry('clientConfig/caBundle', undefined),
    result: 'error',
  },
  {
    when: 'caBundle is no certificate',
    check: webhookCaBundle,
    arrange: entry('clientConfig/caBundle', base64('Cg==')),
    result: 'error',
  },
  {
    when: 'caBundle is of another authority',
    check: webhookCaBundle,
    arrange: entry('clientConfig/caBundle', base64(strangeAuthority.cert)),
    result: 'error',
  },
  {
    when: 'caBundle holds the old and the new authority',
    check: webhookCaBundle,
    arrange: entry('clientConfig/caBundle', base64(strangeAuthority.cert + authority.cert)),
    result: 'ok',
  },
  {
    when: 'every authority in it has expired',
    check: webhookCaBundle,
    arrange: () => {},
    options: { now: () => Date.parse('2046-01-01T00:00:00Z') },
    result: 'error',
  },
  {
    when: 'a replica says that it does not verify',
    check: webhookCaBundle,
    arrange: ({ answers }) => {
      answers.set(page('a'), { status: 200, body: metrics({ ca_bundle_synced: 0 }) });
      answers.set(readyz('a'), { status: 503, body: 'entry pods.metrics-sidecar.io has no caBundle\n' });
    },
    result: 'error',
  },
  {
    when: 'you may not read the Secret, but the replicas say that it verifies',
    check: webhookCaBundle,
    arrange: ({ api }) => void api.fail({ path: path.secret }, { status: 403 }),
    result: 'ok',
  },
  {
    when: 'you may read neither Secret nor pages',
    check: webhookCaBundle,
    arrange: ({ api, answers }) => {
      api.fail({ path: path.secret }, { status: 403, message: 'secrets is forbidden' });
      answers.set(page('a'), { status: 403 }).set(page('b'), { status: 403 });
    },
    result: 'skipped',
  },
];

const issuer = (cluster: TestCluster) =>
  cluster.set(path.mutating, 'metadata/annotations', { 'cert-manager.io/inject-ca-from': 'metrics-sidecar/serving' });
const issued = '/apis/cert-manager.io/v1/namespaces/metrics-sidecar/certificates/serving';
const installedCertManager = (cluster: TestCluster) => {
  issuer(cluster);
  cluster.answers.set('/apis/cert-manager.io', { status: 200, body: { versions: [{ version: 'v1' }] } });
};
const fromCertManager: Case[] = [
  { when: 'cert-manager is not there', check: certManager, arrange: issuer, result: 'error' },
  { when: 'the Certificate is not there', check: certManager, arrange: installedCertManager, result: 'error' },
  {
    when: 'the Certificate is not ready',
    check: certManager,
    arrange: (cluster) => {
      installedCertManager(cluster);
      const conditions = [{ type: 'Ready', status: 'False', message: 'Issuer serving not found' }];
      cluster.api.put(issued, { status: { conditions } });
    },
    result: 'error',
  },
  {
    when: 'the Certificate is ready',
    check: certManager,
    arrange: (cluster) => {
      installedCertManager(cluster);
      cluster.api.put(issued, { status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    },
    result: 'ok',
  },
];

const reviews = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const others: Case[] = [
  {
    when: 'rights are missing',
    check: webhookRbac,
    arrange: ({ denied }) => {
      denied.add('webhook: list nodes');
      denied.add('webhook: patch mutatingwebhookconfigurations.admissionregistration.k8s.io "metrics-sidecar"');
      denied.add('webhook: update secrets "metrics-sidecar-certs" in namespace metrics-sidecar');
    },
    result: 'error',
  },
  {
    when: 'with its flags it calls nothing',
    check: webhookRbac,
    arrange: (cluster) => cluster.set(path.webhookPod('metrics-sidecar-a'), 'spec/containers/0/args', ['webhook']),
    result: 'ok',
  },
  {
    when: 'you may not ask what others may do',
    check: webhookRbac,
    arrange: ({ answers }) => void answers.set(reviews, { status: 403, message: 'User "dev" cannot create' }),
    result: 'skipped',
  },
  {
    when: 'the versions are not the same',
    check: webhookVersion,
    arrange: () => {},
    options: { version: '1.3.0' },
    result: 'warning',
  },
  {
    when: 'a rollout is under way',
    check: webhookVersion,
    arrange: ({ answers }) => void answers.set(page('b'), { status: 200, body: metrics().replace('1.2.3', '1.2.4') }),
    result: 'warning',
  },
  {
    when: 'only the label says it',
    check: webhookVersion,
    arrange: ({ answers }) => void answers.set(page('a'), { status: 403 }).set(page('b'), { status: 403 }),
    result: 'ok',
  },
  {
    when: 'nothing says it',
    check: webhookVersion,
    arrange: (cluster) => {
      cluster.api.remove(path.webhookPod('metrics-sidecar-b'));
      cluster.answers.set(page('a'), { status: 403 });
      cluster.set(path.webhookPod('metrics-sidecar-a'), 'metadata/labels', {
        'app.kubernetes.io/name': 'metrics-sidecar',
      });
      cluster.set(path.webhookPod('metrics-sidecar-a'), 'spec/containers/0/image', 'localhost/metrics-sidecar:dev');
    },
    result: 'skipped',
  },
];

const injects: Case[] = [
  {
    when: 'the pod comes back as it was sent',
    check: webhookInjects,
    arrange: (cluster) => {
      cluster.admit = (pod) => ({ status: 201, body: pod });
    },
    result: 'error',
  },
  {
    when: 'the namespace is excluded',
    check: webhookInjects,
    arrange: (cluster) => {
      cluster.admit = (pod) => ({ status: 201, body: pod });
    },
    options: { namespace: 'kube-system' },
    result: 'error',
  },
  {
    when: 'the webhook refuses it',
    check: webhookInjects,
    arrange: (cluster) => {
      cluster.admit = (pod) => {
        const status = { version: '1.2.3', injected: false, reasons: [{ code: 'limit_range', detail: 'no room' }] };
        const annotations = { 'metrics-sidecar.io/status': JSON.stringify(status) };
        return { status: 201, body: { ...pod, metadata: { ...(pod.metadata as object), annotations } } };
      };
    },
    result: 'error',
  },
  {
    when: 'the API server cannot call it (failurePolicy Fail)',
    check: webhookInjects,
    arrange: admitted({
      status: 500,
      message: 'Internal error occurred: failed calling webhook "pods.metrics-sidecar.io": context deadline exceeded',
    }),
    result: 'error',
  },
  {
    when: 'a policy refuses it',
    check: webhookInjects,
    arrange: admitted({ status: 403, message: 'pods "x" is forbidden: exceeded quota: small' }),
    result: 'error',
  },
  {
    when: 'you may not create pods',
    check: webhookInjects,
    arrange: admitted({ status: 403, message: 'pods is forbidden: User "dev" cannot create resource "pods"' }),
    result: 'skipped',
  },
  {
    when: 'the namespace does not exist',
    check: webhookInjects,
    arrange: admitted({ status: 404, message: 'namespaces "default" not found' }),
    result: 'error',
  },
  {
    when: 'another webhook knows no dry run',
    check: webhookInjects,
    arrange: admitted({ status: 400, message: 'admission webhook "x.example.test" does not support dry run' }),
    result: 'skipped',
  },
];

testCases('webhook.txt', [
  ...configuration,
  ...service,
  ...reachable,
  ...certificates,
  ...fromCertManager,
  ...others,
  ...injects,
]);
