import { expect, test } from 'vitest';
import { environment, variablesOf } from '../../../src/inject/plan/environment.ts';
import { type Pod, readPod } from '../../../src/inject/pod/pod.ts';
import { pod } from '../pods.ts';

test.each([
  [
    'statsd',
    { 'statsd-udp': 8125, 'statsd-tcp': 9125 },
    { STATSD_HOST: '127.0.0.1', STATSD_PORT: '8125', DD_DOGSTATSD_PORT: '8125' },
  ],
  ['ingest', { ingest: 4889 }, { METRICS_SIDECAR_INGEST_URL: 'http://127.0.0.1:4889/v1/ingest' }],
  ['neither', { metrics: 9102 }, {}],
  [
    'upstreams',
    { haproxy: 18000, 'upstream-payments': 19001, 'upstream-stock-room': 19002 },
    { PAYMENTS_URL: 'http://127.0.0.1:19001', STOCK_ROOM_URL: 'http://127.0.0.1:19002' },
  ],
  [
    'an upstream called as our own',
    { ingest: 4888, 'upstream-metrics-sidecar-ingest': 19001, 'upstream-pushgateway': 19002 },
    { METRICS_SIDECAR_INGEST_URL: 'http://127.0.0.1:4888/v1/ingest', PUSHGATEWAY_URL: 'http://127.0.0.1:19002' },
  ],
])('%s', (_, ports, expected) => {
  expect(Object.fromEntries(variablesOf(new Map(Object.entries(ports))))).toEqual(expected);
});

test('each container gets what it does not define, in the order of the list', () => {
  const json = pod('statsd', {
    spec: {
      containers: [
        { name: 'a', env: [{ name: 'B', valueFrom: {} }] },
        {
          name: 'b',
          env: [
            { name: 'A', value: '' },
            { name: 'B', value: 'x' },
          ],
          envFrom: [{ configMapRef: { name: 'c' } }],
        },
        { name: 'c' },
      ],
    },
  });
  const variables = new Map([
    ['A', '1'],
    ['B', '2'],
  ]);
  const { added, reasons } = environment(readPod(json) as Pod, { variables, retired: [] });
  expect(added.map(({ container, env }) => [container.name, env.map(({ name }) => name)])).toEqual([
    ['a', ['A']],
    ['c', ['A', 'B']],
  ]);
  expect(reasons.map(({ code, subject, detail }) => [code, subject, detail])).toEqual([
    ['env_kept', 'container "a"', 'B'],
    ['env_kept', 'container "b"', 'A, B'],
    ['env_from', 'container "b"', ''],
  ]);
});

test.each([1, 31, 32, 33, 64, 200])(
  'a name of %d characters is kept, and no other of its length is taken for it',
  (length) => {
    const [kept, other] = ['K'.repeat(length), 'O'.repeat(length)];
    const json = pod('statsd', { spec: { containers: [{ name: 'a', env: [{ name: kept, value: 'own' }] }] } });
    const variables = new Map([
      [kept, 'ours'],
      [other, 'ours'],
    ]);
    const { added, reasons } = environment(readPod(json) as Pod, { variables, retired: [] });
    expect(added.map(({ env }) => env)).toEqual([[{ name: other, value: 'ours' }]]);
    expect(reasons).toMatchObject([{ code: 'env_kept' }]);
  },
);
