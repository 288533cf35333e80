import { rbacSelf } from '../../../src/check/checks/rbac-self.ts';
import { testCases } from '../case.ts';

testCases('rbac-self.txt', [
  {
    when: 'a developer',
    check: rbacSelf,
    arrange: ({ denied }) => {
      denied.add('you: list mutatingwebhookconfigurations.admissionregistration.k8s.io');
      denied.add('you: get pods/proxy in namespace metrics-sidecar');
    },
    result: 'skipped',
  },
]);
