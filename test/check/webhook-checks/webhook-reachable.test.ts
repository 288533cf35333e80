import { webhookReachable } from '../../../src/check/webhook-checks/webhook-reachable.ts';
import type { FakedAnswer } from '../../kube/api-calls.ts';
import { type Case, testCases } from '../case.ts';
import type { TestCluster } from '../cluster.ts';

const serviceProxy = '/api/v1/namespaces/metrics-sidecar/services/https:metrics-sidecar:443/proxy/mutate';
const proxied = (answer: FakedAnswer) => (cluster: TestCluster) => void cluster.answers.set(serviceProxy, answer);
const dialled = (what: string): FakedAnswer => ({ status: 503, message: `error trying to reach service: ${what}` });

testCases('webhook-reachable.txt', [
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
]);
