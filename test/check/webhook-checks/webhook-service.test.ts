import { webhookEndpoints, webhookService } from '../../../src/check/webhook-checks/webhook-service.ts';
import { setEntry } from '../arrange.ts';
import { testCases } from '../case.ts';
import { path } from '../cluster.ts';

testCases('webhook-service.txt', [
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
    arrange: setEntry('clientConfig', { url: 'https://webhook.example.test/mutate' }),
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
]);
