import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { environment, firstOfEach, variablesOf } from '../../../src/inject/plan/environment.ts';
import { type Pod, readPod } from '../../../src/inject/pod/pod.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { type Destination, urlDestination, variableGroup } from '../../../src/kinds/injection/destination.ts';
import { kinds } from '../../../src/kinds/kinds.ts';
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

const listener = { name: 'the sidecar', udp: 9125 };
const pair: Destination = {
  listener,
  variables: new Map([
    ['A_HOST', '127.0.0.1'],
    ['A_PORT', '9125'],
  ]),
  group: variableGroup({ A_URL: 'address', A_HOST: 'host', A_PORT: 'port' }, { defaultPort: 8125 }),
};
const single = urlDestination('B_URL', 'http://127.0.0.1:9125/', { name: 'HAProxy', tcp: 9125 });

function given(
  containers: readonly JsonObject[],
  destinations: readonly Destination[],
  retired: readonly string[] = [],
) {
  const json = pod('statsd', { spec: { containers } });
  return environment(readPod(json) as Pod, { destinations, retired });
}

describe('a container that defines one of a group is given none of it', () => {
  const host = { name: 'A_HOST', value: '10.0.0.9' };
  const { added, kept, own, reasons } = given(
    [
      { name: 'a', env: [host] },
      {
        name: 'b',
        env: [
          { name: 'A_URL', value: '127.0.0.1:9125' },
          { name: 'B_URL', valueFrom: {} },
        ],
      },
      { name: 'c', envFrom: [{ configMapRef: { name: 'c' } }] },
      { name: 'd', env: [{ name: 'OLD', value: 'x' }] },
    ],
    [pair, single],
    ['OLD'],
  );

  test('the others get all of it', () => {
    expect(added.map(({ container, env }) => [container.name, env.map(({ name }) => name)])).toEqual([
      ['a', ['B_URL']],
      ['c', ['A_HOST', 'A_PORT', 'B_URL']],
      ['d', ['A_HOST', 'A_PORT', 'B_URL']],
    ]);
  });

  test('the record names what was not given, and retired ones that are its own', () => {
    expect([...kept]).toEqual([
      ['a', ['A_HOST', 'A_PORT']],
      ['b', ['A_HOST', 'A_PORT', 'B_URL']],
      ['d', ['OLD']],
    ]);
    expect([...own]).toEqual([
      ['a', ['A_HOST']],
      ['b', ['A_URL', 'B_URL']],
      ['d', ['OLD']],
    ]);
  });

  test('the reasons tell both addresses, or which variables stay', () => {
    expect(reasons.map(({ code, subject, detail }) => [code, subject, detail])).toEqual([
      ['env_elsewhere', 'container "a"', 'sends to 10.0.0.9:8125; the sidecar listens on 127.0.0.1:9125; see A_HOST'],
      ['env_kept', 'container "b"', 'A_URL, B_URL'],
      ['env_from', 'container "c"', ''],
    ]);
  });
});

test('lists that hold no variables are read as absent', () => {
  const { added } = given([{ name: 'a', env: [null, 'A_HOST', { name: null }, { name: 7 }, {}] as never }], [pair]);
  expect(added.map(({ env }) => env.length)).toEqual([2]);
});

test.each([1, 31, 32, 33, 64, 200])('a name of %d characters is found, and no other is taken for it', (length) => {
  const name = 'K'.repeat(length);
  const destination = urlDestination(name, 'http://127.0.0.1:9125', { name: 'HAProxy', tcp: 9125 });
  const others = ['O', 'k', '+'].map((character) => ({ name: character.repeat(length), value: 'x' }));
  expect(given([{ name: 'a', env: others }], [destination]).added).toHaveLength(1);
  expect(given([{ name: 'a', env: [...others, { name, value: 'x' }] }], [destination]).added).toEqual([]);
});

test('of two destinations with one variable the first has it', () => {
  const other = urlDestination('B_URL', 'http://127.0.0.1:1', { name: 'HAProxy', tcp: 1 });
  expect(firstOfEach([[single], [other, pair]])).toEqual([single, pair]);
  const half = { ...pair, variables: new Map([['A_PORT', '1']]) };
  expect(firstOfEach([[half], [pair]])[1]?.variables).toEqual(new Map([['A_HOST', '127.0.0.1']]));
});

test('for every environment a group is given whole or not at all', () => {
  const ports = new Map([
    ['statsd-udp', 9125],
    ['statsd-tcp', 9125],
    ['ingest', 4888],
    ['upstream-orders', 19001],
  ]);
  const destinations = kinds.flatMap(({ injection }) => injection.destinations(ports));
  const members = destinations.flatMap(({ group }) => [...group.parts.keys()]);
  const item = fc.record({
    name: fc.oneof(fc.constantFrom(...members), fc.string({ maxLength: 20 })),
    value: fc.oneof(fc.string(), fc.constantFrom('127.0.0.1', '9125', '$(A):8125', 'udp://10.0.0.9', null, 8125)),
  });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 6 }), (env) => {
      const { added, kept, reasons } = given([{ name: 'a', env: env as never }], destinations);
      const names = new Set(added.flatMap((one) => one.env.map(({ name }) => name)));
      for (const { group, variables } of destinations) {
        const isOwn = env.some(({ name }) => group.parts.has(name));
        const wanted = [...variables.keys()];
        expect(wanted.filter((name) => names.has(name))).toEqual(isOwn ? [] : wanted);
        expect(wanted.filter((name) => kept.get('a')?.includes(name) ?? false)).toEqual(isOwn ? wanted : []);
      }
      const isTold = env.some(({ name }) => members.includes(name));
      expect(reasons.length > 0).toBe(isTold);
    }),
  );
});
