import { webhookRbac } from '../../../src/check/webhook-checks/webhook-rbac.ts';
import { testCases } from '../case.ts';
import { path } from '../cluster.ts';

const reviews = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

testCases('webhook-rbac.txt', [
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
]);
