import { certManager } from '../../../src/check/webhook-checks/cert-manager.ts';
import { testCases } from '../case.ts';
import { path, type TestCluster } from '../cluster.ts';

const issuer = (cluster: TestCluster) =>
  cluster.set(path.mutating, 'metadata/annotations', { 'cert-manager.io/inject-ca-from': 'metrics-sidecar/serving' });
const issued = '/apis/cert-manager.io/v1/namespaces/metrics-sidecar/certificates/serving';
const installedCertManager = (cluster: TestCluster) => {
  issuer(cluster);
  cluster.answers.set('/apis/cert-manager.io', { status: 200, body: { versions: [{ version: 'v1' }] } });
};

testCases('cert-manager.txt', [
  { when: 'cert-manager is not there', check: certManager, arrange: issuer, result: 'error' },
  { when: 'the Certificate is not there', check: certManager, arrange: installedCertManager, result: 'error' },
  {
    when: 'the Certificate is not ready',
    check: certManager,
    arrange: (cluster) => {
      installedCertManager(cluster);
      const conditions = [{ type: 'Ready', status: 'False', message: 'Issuer serving not found' }];
      cluster.api.put(issued, { status: { conditions } });
    },
    result: 'error',
  },
  {
    when: 'the Certificate is ready',
    check: certManager,
    arrange: (cluster) => {
      installedCertManager(cluster);
      cluster.api.put(issued, { status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    },
    result: 'ok',
  },
]);
