import {
  installConflict,
  installOtherWebhooks,
  installPermissions,
  installPodSecurity,
} from '../../../src/check/checks/install-checks.ts';
import { testCases } from '../case.ts';
import { path, podsEntry } from '../cluster.ts';

const release = '/api/v1/namespaces/metrics-sidecar';

testCases('install-checks.txt', [
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
]);
