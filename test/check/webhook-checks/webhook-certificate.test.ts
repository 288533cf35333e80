import { webhookCertificate } from '../../../src/check/webhook-checks/webhook-certificate.ts';
import { metricsPath } from '../arrange.ts';
import { testCases } from '../case.ts';
import { base64, metrics, path, serving, type TestCluster } from '../cluster.ts';

const secret = async (cluster: TestCluster, ...of: Parameters<typeof serving>) => {
  const pair = await serving(...of);
  cluster.set(path.secret, 'data', { 'tls.crt': base64(pair.cert) });
  cluster.answers.set(metricsPath('a'), { status: 404 }).set(metricsPath('b'), { status: 404 });
};

testCases('webhook-certificate.txt', [
  { when: 'it has expired', check: webhookCertificate, arrange: (cluster) => secret(cluster, 1), result: 'error' },
  { when: 'it expires soon', check: webhookCertificate, arrange: (cluster) => secret(cluster, 6), result: 'warning' },
  {
    when: 'it is for another name',
    check: webhookCertificate,
    arrange: (cluster) => secret(cluster, 90, ['metrics-sidecar.other.svc']),
    result: 'error',
  },
  {
    when: 'the clock is behind',
    check: webhookCertificate,
    arrange: () => {},
    options: { now: () => Date.parse('2026-05-01T00:00:00Z') },
    result: 'error',
  },
  {
    when: 'the Secret is gone',
    check: webhookCertificate,
    arrange: ({ api }) => api.remove(path.secret),
    result: 'error',
  },
  {
    when: 'the Secret is still empty',
    check: webhookCertificate,
    arrange: (cluster) => cluster.set(path.secret, 'data', {}),
    result: 'error',
  },
  {
    when: 'a replica serves an older one',
    check: webhookCertificate,
    arrange: ({ answers }) => {
      const certificate_expiry_timestamp_seconds = Date.parse('2026-06-20T00:00:00Z') / 1000;
      answers.set(metricsPath('b'), { status: 200, body: metrics({ certificate_expiry_timestamp_seconds }) });
    },
    result: 'warning',
  },
  {
    when: 'a replica serves one that has expired',
    check: webhookCertificate,
    arrange: ({ answers }) => {
      const certificate_expiry_timestamp_seconds = Date.parse('2026-05-31T00:00:00Z') / 1000;
      answers.set(metricsPath('b'), { status: 200, body: metrics({ certificate_expiry_timestamp_seconds }) });
    },
    result: 'error',
  },
  {
    when: 'you may not read the Secret',
    check: webhookCertificate,
    arrange: ({ api }) => void api.fail({ path: path.secret }, { status: 403, message: 'secrets is forbidden' }),
    result: 'skipped',
  },
]);
