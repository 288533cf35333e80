import { webhookCaBundle } from '../../../src/check/webhook-checks/webhook-ca-bundle.ts';
import { metricsPath, setEntry } from '../arrange.ts';
import { testCases } from '../case.ts';
import { authority, base64, metrics, path, strangeAuthority } from '../cluster.ts';

const readyz = (name: string) => `${path.webhookPod(`metrics-sidecar-${name}`)}:9102/proxy/readyz`;

testCases('webhook-ca-bundle.txt', [
  {
    when: 'caBundle is empty',
    check: webhookCaBundle,
    arrange: setEntry('clientConfig/caBundle', undefined),
    result: 'error',
  },
  {
    when: 'caBundle is no certificate',
    check: webhookCaBundle,
    arrange: setEntry('clientConfig/caBundle', base64('Cg==')),
    result: 'error',
  },
  {
    when: 'caBundle is of another authority',
    check: webhookCaBundle,
    arrange: setEntry('clientConfig/caBundle', base64(strangeAuthority.cert)),
    result: 'error',
  },
  {
    when: 'caBundle holds the old and the new authority',
    check: webhookCaBundle,
    arrange: setEntry('clientConfig/caBundle', base64(strangeAuthority.cert + authority.cert)),
    result: 'ok',
  },
  {
    when: 'every authority in it has expired',
    check: webhookCaBundle,
    arrange: () => {},
    options: { now: () => Date.parse('2046-01-01T00:00:00Z') },
    result: 'error',
  },
  {
    when: 'a replica says that it does not verify',
    check: webhookCaBundle,
    arrange: ({ answers }) => {
      answers.set(metricsPath('a'), { status: 200, body: metrics({ ca_bundle_synced: 0 }) });
      answers.set(readyz('a'), { status: 503, body: 'entry pods.metrics-sidecar.io has no caBundle\n' });
    },
    result: 'error',
  },
  {
    when: 'you may not read the Secret, but the replicas say that it verifies',
    check: webhookCaBundle,
    arrange: ({ api }) => void api.fail({ path: path.secret }, { status: 403 }),
    result: 'ok',
  },
  {
    when: 'you may read neither Secret nor pages',
    check: webhookCaBundle,
    arrange: ({ api, answers }) => {
      api.fail({ path: path.secret }, { status: 403, message: 'secrets is forbidden' });
      answers.set(metricsPath('a'), { status: 403 }).set(metricsPath('b'), { status: 403 });
    },
    result: 'skipped',
  },
]);
