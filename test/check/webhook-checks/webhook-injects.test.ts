import { webhookInjects } from '../../../src/check/webhook-checks/webhook-injects.ts';
import type { FakedAnswer } from '../../kube/api-calls.ts';
import { testCases } from '../case.ts';
import type { TestCluster } from '../cluster.ts';

const admitted = (answer: FakedAnswer) => (cluster: TestCluster) => {
  cluster.admit = () => answer;
};

testCases('webhook-injects.txt', [
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
]);
