import { certificateStyles, discoveryStyles } from '../../../src/check/checks/discovery-styles.ts';
import {
  installConflict,
  installOtherWebhooks,
  installPermissions,
  installPodSecurity,
} from '../../../src/check/checks/install-checks.ts';
import { kubernetesMatchConditions } from '../../../src/check/checks/kubernetes-match-conditions.ts';
import { kubernetesNativeSidecars } from '../../../src/check/checks/kubernetes-native-sidecars.ts';
import { kubernetesReachable } from '../../../src/check/checks/kubernetes-reachable.ts';
import { kubernetesVersion } from '../../../src/check/checks/kubernetes-version.ts';
import { rbacSelf } from '../../../src/check/checks/rbac-self.ts';
import { type Case, testCases } from '../case.ts';
import { path, podsEntry, type TestCluster } from '../cluster.ts';

const versioned =
  (gitVersion: string) =>
  ({ answers }: TestCluster) =>
    void answers.set('/version', { status: 200, body: { gitVersion } });
const group =
  (name: string) =>
  ({ answers }: TestCluster) =>
    void answers.set(`/apis/${name}`, { status: 200, body: { versions: [{ version: 'v1' }] } });
const release = '/api/v1/namespaces/metrics-sidecar';

const cases: Case[] = [
  {
    when: 'the connection breaks',
    check: kubernetesReachable,
    arrange: ({ answers }) => void answers.set('/version', 'reset'),
    result: 'error',
  },
  {
    when: 'the credentials are not known',
    check: kubernetesReachable,
    arrange: ({ answers }) => void answers.set('/version', { status: 401, message: 'Unauthorized' }),
    result: 'error',
  },
  {
    when: 'something else answers',
    check: kubernetesReachable,
    arrange: ({ answers }) => void answers.set('/version', { status: 200, body: { hello: 'world' } }),
    result: 'error',
  },
  { when: '1.27', check: kubernetesVersion, arrange: versioned('v1.27.9-gke.100'), result: 'error' },
  { when: '1.28', check: kubernetesVersion, arrange: versioned('v1.28.0'), result: 'ok' },
  { when: '1.27', check: kubernetesMatchConditions, arrange: versioned('v1.27.9'), result: 'warning' },
  { when: '1.28', check: kubernetesMatchConditions, arrange: versioned('v1.28.0'), result: 'ok' },
  { when: '1.30', check: kubernetesMatchConditions, arrange: versioned('v1.30.0'), result: 'ok' },
  {
    when: 'an old kubelet and a simulated node',
    check: kubernetesNativeSidecars,
    arrange: ({ api }) => {
      api.put('/api/v1/nodes/old', { status: { nodeInfo: { kubeletVersion: 'v1.28.3' } } });
      api.put('/api/v1/nodes/fake', { status: { nodeInfo: { kubeletVersion: 'fake' } } });
    },
    result: 'warning',
  },
  {
    when: 'no nodes',
    check: kubernetesNativeSidecars,
    arrange: ({ api }) => api.remove('/api/v1/nodes/node-1'),
    result: 'skipped',
  },
  {
    when: 'you may not list nodes',
    check: kubernetesNativeSidecars,
    arrange: ({ answers }) => void answers.set('/api/v1/nodes', { status: 403, message: 'nodes is forbidden' }),
    result: 'skipped',
  },
  {
    when: 'a developer',
    check: rbacSelf,
    arrange: ({ denied }) => {
      denied.add('you: list mutatingwebhookconfigurations.admissionregistration.k8s.io');
      denied.add('you: get pods/proxy in namespace metrics-sidecar');
    },
    result: 'skipped',
  },
  {
    when: 'a developer',
    check: installPermissions,
    arrange: ({ denied }) => void denied.add('you: create clusterroles.rbac.authorization.k8s.io'),
    result: 'error',
  },
  {
    when: 'the namespace is not there',
    check: installPodSecurity,
    arrange: ({ api }) => api.remove(release),
    result: 'ok',
  },
  {
    when: 'restricted',
    check: installPodSecurity,
    arrange: (cluster) =>
      cluster.set(release, 'metadata/labels', { 'pod-security.kubernetes.io/enforce': 'restricted' }),
    result: 'ok',
  },
  {
    when: 'a misspelt level',
    check: installPodSecurity,
    arrange: (cluster) => cluster.set(release, 'metadata/labels', { 'pod-security.kubernetes.io/enforce': 'strict' }),
    result: 'warning',
  },
  { when: 'there is one', check: installConflict, arrange: () => {}, result: 'warning' },
  {
    when: 'there is a release',
    check: installConflict,
    arrange: (cluster) =>
      cluster.set(path.mutating, 'metadata/annotations', {
        'meta.helm.sh/release-name': 'ms',
        'meta.helm.sh/release-namespace': 'monitoring',
      }),
    result: 'warning',
  },
  {
    when: 'a service mesh',
    check: installOtherWebhooks,
    arrange: ({ api }) =>
      void api.put(path.mutating.replace('metrics-sidecar', 'istio-sidecar-injector'), {
        webhooks: [{ ...podsEntry, name: 'object.sidecar-injector.istio.io', failurePolicy: 'Fail' }],
      }),
    result: 'ok',
  },
  { when: 'cert-manager', check: certificateStyles, arrange: group('cert-manager.io'), result: 'ok' },
  { when: 'the operator', check: discoveryStyles, arrange: group('monitoring.coreos.com'), result: 'ok' },
  {
    when: 'the API server has a problem',
    check: discoveryStyles,
    arrange: ({ answers }) => void answers.set('/apis/monitoring.coreos.com', { status: 500, message: 'etcd is gone' }),
    result: 'error',
  },
];

testCases('kubernetes.txt', cases);
