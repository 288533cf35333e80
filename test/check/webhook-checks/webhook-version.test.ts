import { webhookVersion } from '../../../src/check/webhook-checks/webhook-version.ts';
import { metricsPath } from '../arrange.ts';
import { testCases } from '../case.ts';
import { metrics, path } from '../cluster.ts';

testCases('webhook-version.txt', [
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
    arrange: ({ answers }) =>
      void answers.set(metricsPath('b'), { status: 200, body: metrics().replace('1.2.3', '1.2.4') }),
    result: 'warning',
  },
  {
    when: 'only the label says it',
    check: webhookVersion,
    arrange: ({ answers }) =>
      void answers.set(metricsPath('a'), { status: 403 }).set(metricsPath('b'), { status: 403 }),
    result: 'ok',
  },
  {
    when: 'nothing says it',
    check: webhookVersion,
    arrange: (cluster) => {
      cluster.api.remove(path.webhookPod('metrics-sidecar-b'));
      cluster.answers.set(metricsPath('a'), { status: 403 });
      cluster.set(path.webhookPod('metrics-sidecar-a'), 'metadata/labels', {
        'app.kubernetes.io/name': 'metrics-sidecar',
      });
      cluster.set(path.webhookPod('metrics-sidecar-a'), 'spec/containers/0/image', 'localhost/metrics-sidecar:dev');
    },
    result: 'skipped',
  },
]);
