import { certificateStyles, discoveryStyles } from '../../../src/check/checks/discovery-styles.ts';
import { testCases } from '../case.ts';
import type { TestCluster } from '../cluster.ts';

const group =
  (name: string) =>
  ({ answers }: TestCluster) =>
    void answers.set(`/apis/${name}`, { status: 200, body: { versions: [{ version: 'v1' }] } });

testCases('discovery-styles.txt', [
  { when: 'cert-manager', check: certificateStyles, arrange: group('cert-manager.io'), result: 'ok' },
  { when: 'the operator', check: discoveryStyles, arrange: group('monitoring.coreos.com'), result: 'ok' },
  {
    when: 'the API server has a problem',
    check: discoveryStyles,
    arrange: ({ answers }) => void answers.set('/apis/monitoring.coreos.com', { status: 500, message: 'etcd is gone' }),
    result: 'error',
  },
]);
