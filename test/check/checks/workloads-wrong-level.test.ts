import { workloadsWrongLevel } from '../../../src/check/checks/workloads-wrong-level.ts';
import { testCases } from '../case.ts';

testCases('workloads-wrong-level.txt', [
  {
    when: 'on a Deployment, misspelt on a CronJob, as a label of a DaemonSet',
    check: workloadsWrongLevel,
    arrange: ({ api }) => {
      const asks = { annotations: { 'metrics-sidecar.io/inject': 'statsd' } };
      api.put('/apis/apps/v1/namespaces/shop/deployments/web', { metadata: asks });
      api.put('/apis/apps/v1/namespaces/shop/statefulsets/db', { metadata: { annotations: { team: 'a' } } });
      api.put('/apis/apps/v1/namespaces/shop/daemonsets/agent', { metadata: { labels: asks.annotations } });
      api.put('/apis/batch/v1/namespaces/shop/cronjobs/nightly', {
        metadata: { annotations: { 'statsd.metrics-sidecar.io/udp-prot': '1' } },
      });
    },
    result: 'warning',
  },
]);
