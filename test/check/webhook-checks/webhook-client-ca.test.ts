import { webhookClientCa } from '../../../src/check/webhook-checks/webhook-client-ca.ts';
import { webhookReachable } from '../../../src/check/webhook-checks/webhook-reachable.ts';
import { type Case, testCases } from '../case.ts';
import { metrics, path, type TestCluster } from '../cluster.ts';

const page = (name: string) => `${path.webhookPod(`metrics-sidecar-${name}`)}:9102/proxy/metrics`;
const refused = (code: string) => `refused_requests_total{code="${code}"}`;
const answered = 'requests_total{path="mutate",kind="Pod",outcome="injected",dry_run="true"}';

/** Both replicas ask for client certificates, and the first says this of itself. */
const asking =
  (values: Readonly<Record<string, number>> = {}) =>
  (cluster: TestCluster) => {
    for (const name of ['a', 'b']) {
      cluster.set(path.webhookPod(`metrics-sidecar-${name}`), 'spec/containers/0/args/5', '--client-ca-file=/ca.crt');
    }
    cluster.answers.set(page('a'), { status: 200, body: metrics(values) });
  };

/**
 * The first replica counts the review of the dry run only once there was one, and other checks read its page before.
 */
const freshlyInstalled = (cluster: TestCluster) => {
  asking({ [refused('client_no_certificate')]: 1 })(cluster);
  const { admit } = cluster;
  cluster.admit = (pod) => {
    asking({ [refused('client_no_certificate')]: 1, [answered]: 1 })(cluster);
    return admit(pod);
  };
};

const cases: Omit<Case, 'check'>[] = [
  { when: 'no client certificate is asked for', arrange: () => {}, result: 'ok' },
  { when: 'nobody called', arrange: asking({ [refused('not_json')]: 1 }), result: 'skipped' },
  { when: 'every caller was refused', arrange: asking({ [refused('client_no_certificate')]: 12 }), result: 'error' },
  {
    when: 'one was refused, and you may not ask for a review',
    arrange: (cluster) => {
      asking({ [refused('client_no_certificate')]: 1 })(cluster);
      const message = 'pods is forbidden: User "dev" cannot create resource "pods"';
      cluster.admit = () => ({ status: 403, message });
    },
    result: 'skipped',
  },
  {
    when: 'the webhook answers the API server, and something without a certificate is not',
    arrange: asking({ [answered]: 1, [refused('client_no_certificate')]: 2 }),
    result: 'ok',
  },
  {
    when: 'one of several API servers has a wrong certificate',
    arrange: asking({ [answered]: 1, [refused('client_not_trusted')]: 2, [refused('client_expired')]: 1 }),
    result: 'warning',
  },
  {
    when: 'new authorities cannot be read',
    arrange: asking({ [answered]: 1, 'last_reload_successful{what="client_ca"}': 0 }),
    result: 'warning',
  },
  {
    when: "the API server's certificate ends in a week",
    arrange: asking({
      [answered]: 1,
      client_certificate_expiry_timestamp_seconds: Date.parse('2026-06-08T00:00:00Z') / 1000,
    }),
    result: 'warning',
  },
  { when: 'the first review is that of this check', arrange: freshlyInstalled, result: 'ok' },
  {
    when: 'all is well',
    arrange: asking({
      [answered]: 1,
      'last_reload_successful{what="client_ca"}': 1,
      client_certificate_expiry_timestamp_seconds: Date.parse('2027-06-08T00:00:00Z') / 1000,
    }),
    result: 'ok',
  },
  {
    when: 'you may not use the proxy',
    arrange: (cluster) => {
      asking()(cluster);
      cluster.answers.set(page('a'), { status: 403, message: 'pods "x" is forbidden' });
    },
    result: 'skipped',
  },
];

testCases('webhook-client-ca.txt', [
  ...cases.map((one): Case => ({ ...one, check: webhookClientCa })),
  {
    when: 'it answers that it wants a client certificate, which the proxy of the API server has not',
    check: webhookReachable,
    arrange: ({ answers }) =>
      void answers.set('/api/v1/namespaces/metrics-sidecar/services/https:metrics-sidecar:443/proxy/mutate', {
        status: 401,
        message: 'the caller presented no client certificate',
      }),
    result: 'ok',
  },
]);
