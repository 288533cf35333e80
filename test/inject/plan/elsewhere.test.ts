import { describe, expect, test } from 'vitest';
import { elsewhere } from '../../../src/inject/plan/elsewhere.ts';
import { envItems } from '../../../src/inject/pod/env-value.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { urlDestination } from '../../../src/kinds/injection/destination.ts';
import { statsdDestinations } from '../../../src/kinds/injection/statsd-destinations.ts';

const ports = new Map([
  ['statsd-udp', 9125],
  ['statsd-tcp', 9126],
]);
const [statsd, dogstatsd] = statsdDestinations(ports);

const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
const node = field('status.hostIP');

/** The judgement of variables, each a text or the fields of a variable. */
function judged(said: Readonly<Record<string, string | JsonObject>>, destination = statsd!) {
  const env = Object.entries(said).map(([name, value]) =>
    typeof value === 'string' ? { name, value } : { name, ...value },
  );
  const items = envItems({ env });
  const names = [...destination.group.parts.keys()].filter((name) => items.has(name));
  return elsewhere(names, items, destination)?.address;
}

describe('plain statsd, UDP 9125 and TCP 9126', () => {
  test.each<[Record<string, string | JsonObject>, string | undefined]>([
    // To the sidecar.
    [{ STATSD_HOST: '127.0.0.1', STATSD_PORT: '9125' }, undefined],
    [{ STATSD_HOST: 'LocalHost', STATSD_PORT: '9125' }, undefined],
    [{ STATSD_HOST: '0.0.0.0', STATSD_PORT: '9125' }, undefined],
    [{ STATSD_PORT: '9125' }, undefined],
    [{ STATSD_PORT: '9126' }, undefined],
    [{ STATSD_HOST: '', STATSD_PORT: '9125' }, undefined],
    [{ STATSD_ADDR: 'localhost:9125' }, undefined],
    [{ STATSD_URL: 'udp://127.0.0.1:9125' }, undefined],
    [{ STATSD_URL: 'tcp://127.0.0.1:9126' }, undefined],
    [{ STATSD_HOST: '127.0.0.1:9125' }, undefined],
    // Elsewhere.
    [{ STATSD_PORT: '8125' }, '127.0.0.1:8125'],
    [{ STATSD_HOST: '127.0.0.1' }, '127.0.0.1:8125'],
    [{ STATSD_HOST: '' }, '127.0.0.1:8125'],
    [{ STATSD_HOST: 'statsd.monitoring.svc' }, 'statsd.monitoring.svc:8125'],
    [{ STATSD_HOST: '10.0.0.9', STATSD_PORT: '9125' }, '10.0.0.9:9125'],
    [{ STATSD_HOST: '10.0.0.9', STATSD_PORT: '' }, '10.0.0.9:8125'],
    [{ STATSD_SERVER: '10.0.0.9:8127' }, '10.0.0.9:8127'],
    [{ STATSD_ADDR: 'statsd:8125' }, 'statsd:8125'],
    [{ STATSD_ADDR: 'statsd' }, 'statsd:8125'],
    [{ STATSD_ADDRESS: ':8125' }, '127.0.0.1:8125'],
    [{ STATSD_URL: 'tcp://127.0.0.1:9125' }, '127.0.0.1:9125'],
    [{ STATSD_URL: 'udp://127.0.0.1:9126' }, '127.0.0.1:9126'],
    [{ STATSD_HOST: '127.0.0.2', STATSD_PORT: '9125' }, '127.0.0.2:9125'],
    // The sidecar listens on 127.0.0.1 alone.
    [{ STATSD_HOST: '::1', STATSD_PORT: '9125' }, '[::1]:9125'],
    [{ STATSD_HOST: field('status.podIP'), STATSD_PORT: '9125' }, "the pod's address, port 9125"],
    [{ STATSD_HOST: node }, "the node's address, port 8125"],
    [{ STATSD_HOST: node, STATSD_PORT: '9125' }, "the node's address, port 9125"],
    [{ STATSD_HOST: field('spec.nodeName'), STATSD_PORT: '9125' }, "the node's name, port 9125"],
    [{ HOST_IP: node, STATSD_ADDR: '$(HOST_IP):8125' }, "the node's address, port 8125"],
    [{ HOST_IP: node, STATSD_URL: 'udp://$(HOST_IP):9125' }, "the node's address, port 9125"],
    [{ A: '10.0.0.9', STATSD_ADDR: '$(A):8125' }, '10.0.0.9:8125'],
    [{ STATSD_SOCKET_PATH: '/run/statsd.sock' }, 'the socket /run/statsd.sock'],
    [{ STATSD_URL: 'unix:///run/statsd.sock' }, 'the socket /run/statsd.sock'],
    [{ STATSD_ADDR: 'statsd:8125', STATSD_HOST: '127.0.0.1', STATSD_PORT: '9125' }, 'statsd:8125'],
    // The port alone is enough to know.
    [
      { STATSD_HOST: { valueFrom: { configMapKeyRef: { name: 'c', key: 'h' } } } },
      'the value in ConfigMap "c", port 8125',
    ],
    [
      { STATSD_HOST: { valueFrom: { secretKeyRef: { name: 's', key: 'h' } } }, STATSD_PORT: '1' },
      'the value in Secret "s", port 1',
    ],
    [{ STATSD_HOST: '10.0.0.9', STATSD_PORT: { valueFrom: { configMapKeyRef: { name: 'c', key: 'p' } } } }, '10.0.0.9'],
    [{ STATSD_HOST: field('metadata.name') }, 'the field "metadata.name", port 8125'],
    [{ STATSD_HOST: 'a\nb', STATSD_PORT: '1' }, '"a\\nb":1'],
    [{ STATSD_HOST: 'h'.repeat(300) }, `${'h'.repeat(45)}...:8125`],
    // Nobody can know.
    [{ STATSD_ADDR: { valueFrom: { configMapKeyRef: { name: 'c', key: 'a' } } } }, undefined],
    [{ STATSD_ADDR: '$(FROM_A_CONFIG_MAP)' }, undefined],
    [{ STATSD_ADDR: 'udp://$(FROM_A_CONFIG_MAP)' }, undefined],
    [{ STATSD_ADDR: '$(UNKNOWN):9125' }, undefined],
    [{ STATSD_HOST: { valueFrom: { configMapKeyRef: { name: 'c', key: 'h' } } }, STATSD_PORT: '9125' }, undefined],
    [{ STATSD_PORT: 'tcp://10.0.0.9:8125' }, undefined],
    [{ STATSD_PORT: '$(PORT)' }, undefined],
    [{ STATSD_PORT: { valueFrom: {} } }, undefined],
    [{ STATSD_PORT: { value: null } as JsonObject }, '127.0.0.1:8125'],
    [{ STATSD_PORT: { value: 8125 } }, undefined],
  ])('%j', (said, expected) => {
    expect(judged(said)).toBe(expected);
  });

  test('of two variables with one name the last counts, as for the kubelet', () => {
    const env = [
      { name: 'STATSD_PORT', value: '8125' },
      { name: 'STATSD_PORT', value: '9125' },
    ];
    expect(elsewhere(['STATSD_PORT'], envItems({ env }), statsd!)).toBeUndefined();
  });
});

describe('DogStatsD', () => {
  test.each<[Record<string, string | JsonObject>, string | undefined]>([
    [{ DD_AGENT_HOST: node }, "the node's address, port 8125"],
    [{ DD_AGENT_HOST: node, DD_DOGSTATSD_URL: 'udp://127.0.0.1:9125' }, undefined],
    [{ DD_AGENT_HOST: 'localhost', DD_DOGSTATSD_PORT: '9125' }, undefined],
    [{ DD_DOGSTATSD_PORT: '8125' }, '127.0.0.1:8125'],
    [{ DD_DOGSTATSD_URL: 'unix:///var/run/datadog/dsd.socket' }, 'the socket /var/run/datadog/dsd.socket'],
    [
      { DD_DOGSTATSD_SOCKET: '/var/run/datadog/dsd.socket', DD_DOGSTATSD_PORT: '9125' },
      'the socket /var/run/datadog/dsd.socket',
    ],
    [{ DD_DOGSTATSD_HOST: '127.0.0.1', DD_AGENT_HOST: node, DD_DOGSTATSD_PORT: '9125' }, undefined],
  ])('%j', (said, expected) => {
    expect(judged(said, dogstatsd)).toBe(expected);
  });
});

describe('one URL', () => {
  const at = (remote: boolean) => urlDestination('X_URL', 'http://127.0.0.1:80/', { name: 'HAProxy', tcp: 80, remote });

  test.each<[string | JsonObject, boolean, string | undefined]>([
    ['http://localhost/', false, undefined],
    ['http://orders.shop.svc:8080/v1', false, 'orders.shop.svc:8080'],
    ['https://localhost/', false, 'localhost:443'],
    ['http://$(POD_IP):80/', false, "the pod's address, port 80"],
    ['http://$(POD_IP):80/', true, undefined],
    [{ valueFrom: { secretKeyRef: { name: 's', key: 'u' } } }, false, undefined],
  ])('%j, reached from other pods: %s', (url, remote, expected) => {
    expect(judged({ POD_IP: field('status.podIP'), X_URL: url }, at(remote))).toBe(expected);
  });
});

test('references to references are not followed, so that no text grows without a bound', () => {
  const said: Record<string, string> = { A0: 'x'.repeat(100) };
  for (let i = 1; i < 30; i++) said[`A${i}`] = `$(A${i - 1})$(A${i - 1})`;
  expect(judged({ ...said, STATSD_ADDR: '$(A29):8125' })).toBe('$(A29):8125');
});
