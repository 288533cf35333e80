import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { injectService } from '../../../src/inject/inject.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { settings } from '../cluster.ts';
import { annotationsOf, codes, patched } from '../pods.ts';

const p = 'metrics-sidecar.io';
const service = (annotations: Readonly<Record<string, string>>, spec: JsonObject = {}): JsonObject => ({
  kind: 'Service',
  metadata: { name: 's', annotations },
  spec: {
    selector: { app: 'a' },
    ports: [
      { name: 'http', port: 80, targetPort: 8080 },
      { name: 'admin', port: 81, targetPort: 'admin' },
    ],
    ...spec,
  },
});
const run = (json: JsonObject, defaults = {}) => injectService({ service: json, settings: settings({ defaults }) });

/** What the Service is after it, and after it again. */
function settled(json: JsonObject): JsonObject {
  const after = patched(json, run(json));
  expect(run(after)).toMatchObject({ decision: 'unchanged', patch: [] });
  return after;
}
const target = (json: JsonObject, i = 0) => (json.spec as { ports: JsonObject[] }).ports[i]!.targetPort;

describe('scrape', () => {
  test.each([
    ['the default port', { [`${p}/scrape`]: 'true' }, '9102'],
    ['another port', { [`${p}/scrape`]: 'true', [`${p}/scrape-port`]: '9300' }, '9300'],
  ])('%s', (_, annotations, port) => {
    expect(annotationsOf(settled(service(annotations)))).toMatchObject({
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': port,
      'prometheus.io/path': '/metrics',
    });
  });

  test('the default of the settings', () => {
    const json = service({ [`${p}/scrape`]: 'true' });
    expect(annotationsOf(patched(json, run(json, { [`${p}/metrics-port`]: '9400' })))['prometheus.io/port']).toBe(
      '9400',
    );
  });

  test('a port that changes follows, because the annotation was ours', () => {
    const after = settled(service({ [`${p}/scrape`]: 'true' }));
    const edited = service({ ...annotationsOf(after), [`${p}/scrape-port`]: '9300' });
    expect(annotationsOf(settled(edited))['prometheus.io/port']).toBe('9300');
  });

  test.each([
    { 'prometheus.io/port': '80' },
    { 'prometheus-io/scrape': 'false' },
    { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '80' },
  ])('somebody else’s stay: %j', (own) => {
    const outcome = run(service({ [`${p}/scrape`]: 'true', ...own }));
    expect(outcome).toMatchObject({ patch: [], reasons: [{ code: 'service_slot_taken' }] });
  });

  test('the same by hand is right already', () => {
    const outcome = run(
      service({ [`${p}/scrape`]: 'true', 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9102' }),
    );
    expect(outcome).toMatchObject({ decision: 'unchanged', reasons: [] });
  });
});

describe('route', () => {
  const route = { [`haproxy.${p}/route`]: 'true' };
  const http = (more: JsonObject) => ({ ports: [{ name: 'http', port: 80, ...more }] });

  test.each([
    ['a number', {}, {}, 'spec.ports[0].targetPort', 'service_number'],
    ['the number of the port itself', {}, http({}), 'spec.ports[0].targetPort', 'service_number'],
    ['null', {}, http({ targetPort: null }), 'spec.ports[0].targetPort', 'service_number'],
    [
      '0, which the API server takes for none',
      {},
      http({ targetPort: 0 }),
      'spec.ports[0].targetPort',
      'service_number',
    ],
    ['an empty name', {}, http({ targetPort: '' }), 'spec.ports[0].targetPort', 'service_number'],
    ['by name', { [`haproxy.${p}/route-port`]: 'http' }, {}, 'spec.ports[0].targetPort', 'service_number'],
    ['by number', { [`haproxy.${p}/route-port`]: '80' }, {}, 'spec.ports[0].targetPort', 'service_number'],
    ["HAProxy's own number", {}, http({ targetPort: 18000 }), 'spec.ports[0].targetPort', 'service_proxy_number'],
    [
      'behind UDP of the same number',
      {},
      { ports: [{ port: 80, protocol: 'UDP' }, { port: 80 }] },
      'spec.ports[1].targetPort',
      'service_number',
    ],
    ['behind what is no port', {}, { ports: [null, { port: 80 }] }, 'spec.ports[1].targetPort', 'service_number'],
    ['another port by name', { [`haproxy.${p}/route-port`]: '82' }, {}, `haproxy.${p}/route`, 'service_port_unknown'],
    ['a UDP port', {}, { ports: [{ port: 53, protocol: 'UDP' }] }, `haproxy.${p}/route`, 'service_port_unknown'],
    ['no port', {}, { ports: null }, `haproxy.${p}/route`, 'service_port_unknown'],
    ['headless', {}, { clusterIP: 'None' }, `haproxy.${p}/route`, 'service_headless'],
    ['no selector', {}, { selector: null }, 'spec.selector', 'service_without_pods'],
    ['an external name', {}, { type: 'ExternalName' }, 'spec.selector', 'service_without_pods'],
  ])('stays with a warning: %s', (_, annotations, spec, subject, code) => {
    const outcome = run(service({ ...route, ...annotations }, spec));
    expect(outcome).toMatchObject({ decision: 'unchanged', patch: [], reasons: [{ subject, code }] });
    expect(outcome.reasons).toHaveLength(1);
    expect(outcome.warnings).toHaveLength(1);
  });

  test.each([
    ['a name', {}, http({ targetPort: 'http' })],
    ['the asked port has a name', { [`haproxy.${p}/route-port`]: 'admin' }, {}],
    ['HTTP of a kind', {}, http({ targetPort: 'http', appProtocol: 'kubernetes.io/h2c' })],
  ])('stays without a word: %s', (_, annotations, spec) => {
    const outcome = run(service({ ...route, ...annotations }, spec));
    expect(outcome).toMatchObject({ decision: 'unchanged', patch: [], warnings: [] });
    expect(codes(outcome)).toEqual(['service_named_port']);
  });

  test.each(['https', 'mysql', 'tcp', 'kubernetes.io/wss'])('%s is no HTTP', (appProtocol) => {
    const outcome = run(service(route, http({ targetPort: 'http', appProtocol })));
    expect(codes(outcome)).toEqual(['service_named_port', 'service_not_http']);
    expect(outcome.warnings).toEqual([`spec.ports[0].appProtocol: the proxy passes HTTP alone: "${appProtocol}"`]);
  });

  test('the warning says the edits in their order, within what kubectl shows', () => {
    expect(run(service(route)).warnings).toEqual([
      'spec.ports[0].targetPort: a number leads past HAProxy: 8080: name it in the pods, roll out, write the name',
    ]);
  });

  test('the number of HAProxy is the one that the settings give', () => {
    const outcome = run(service(route, http({ targetPort: 18500 })), { [`haproxy.${p}/listen-port`]: '18500' });
    expect(codes(outcome)).toEqual(['service_proxy_number']);
  });

  test('the annotation of the number that was written is known, and does nothing', () => {
    const outcome = run(service({ ...route, [`haproxy.${p}/route-target`]: '18500' }, http({ targetPort: 'http' })));
    expect(codes(outcome)).toEqual(['service_named_port', 'service_retired']);
  });
});

describe('a target port that an earlier version wrote', () => {
  const recorded = (route: JsonObject, annotations = {}, more: JsonObject = {}) =>
    service(
      { ...annotations, [`${p}/status`]: JSON.stringify({ route, ...more }) },
      { ports: [{ port: 80, targetPort: 18000 }] },
    );
  const asks = { [`haproxy.${p}/route`]: 'true' };

  test.each([
    ['a number', { port: 80, targetPort: 8080, to: 18000 }, 8080],
    ['a record without what was written', { port: 80, targetPort: 8080 }, 8080],
    ['none', { port: 80, to: 18000 }, undefined],
  ])('is taken back, and its record: %s', (_, route, expected) => {
    for (const annotations of [{}, asks, { [`haproxy.${p}/rout`]: 'true' }]) {
      const after = settled(recorded(route, annotations));
      expect(target(after)).toBe(expected);
      expect(annotationsOf(after)[`${p}/status`]).toBeUndefined();
    }
  });

  test('is judged as it stands afterwards', () => {
    const outcome = run(recorded({ port: 80, targetPort: 8080, to: 18000 }, asks));
    expect(codes(outcome)).toEqual(['service_restored', 'service_number']);
    expect(outcome.warnings).toHaveLength(1);
  });

  test('the record of scrape annotations stays', () => {
    const written = { 'prometheus.io/scrape': 'true' };
    const json = recorded({ port: 80, targetPort: 8080, to: 18000 }, written, { scrape: written });
    expect(JSON.parse(annotationsOf(settled(json))[`${p}/status`]!)).toEqual({ scrape: written });
  });

  test.each([
    ['somebody changed the target since', { port: 80, targetPort: 8080, to: 18001 }],
    ['the port is gone', { port: 81, targetPort: 8080, to: 18000 }],
    ['the record holds anything', { port: 80, targetPort: { a: 1 }, to: 18000 }],
  ])('stays, and its record goes: %s', (_, route) => {
    const after = settled(recorded(route, asks));
    expect(target(after)).toBe(18000);
    expect(annotationsOf(after)[`${p}/status`]).toBeUndefined();
  });
});

test.each([
  ['a wrong value', { [`${p}/scrape`]: 'yes' }, 'service_value'],
  ['a slip', { [`${p}/scrap`]: 'true', [`${p}/scrape`]: 'true' }, 'service_annotation'],
  ['a pod’s annotation', { [`${p}/inject`]: 'statsd' }, 'service_annotation'],
])('%s changes nothing', (_, annotations, code) => {
  expect(run(service(annotations))).toMatchObject({ decision: 'unchanged', patch: [], reasons: [{ code }] });
});

test('nothing asked, nothing said; a broken status is as none', () => {
  expect(run(service({ a: 'b' }))).toMatchObject({ patch: [], reasons: [], warnings: [] });
  settled(service({ [`${p}/scrape`]: 'true', [`${p}/status`]: '{"scrape":[' }));
});

test('whatever a Service asks and holds, its spec stays, and its warnings fit', () => {
  const annotations = fc.record(
    {
      [`${p}/scrape`]: fc.constantFrom('true', 'false'),
      [`haproxy.${p}/route`]: fc.constantFrom('true', 'true', 'false', ''),
      [`haproxy.${p}/route-port`]: fc.constantFrom('http', '80'),
      [`haproxy.${p}/route-target`]: fc.constant('18000'),
      [`${p}/status`]: fc.constantFrom('{"scrape":{"prometheus.io/port":"80"}}', '{', '[]'),
    },
    { requiredKeys: [] },
  );
  const port = fc.record(
    {
      port: fc.constantFrom<unknown>(80, 80, 0, '80', null),
      targetPort: fc.constantFrom<unknown>(8080, 18000, 0, '', 'http', null, {}),
      protocol: fc.constantFrom<unknown>('TCP', null, 'UDP', 'SCTP'),
      appProtocol: fc.constantFrom<unknown>('https', 'x'.repeat(63), null),
    },
    { requiredKeys: [] },
  );
  const spec = fc.record(
    {
      ports: fc.option(fc.array(fc.oneof({ arbitrary: port, weight: 4 }, fc.constant(null)), { maxLength: 4 })),
      selector: fc.constantFrom<unknown>({ a: 'b' }, { c: 'd' }, {}, null),
      clusterIP: fc.constantFrom<unknown>('10.0.0.1', null, 'None'),
    },
    { requiredKeys: ['ports', 'selector'] },
  );
  let routed = 0;
  fc.assert(
    fc.property(annotations, spec, (given, held) => {
      const json = { kind: 'Service', metadata: { name: 's', annotations: given }, spec: held } as JsonObject;
      const outcome = run(json);
      if (codes(outcome).includes('service_number')) routed++;
      expect(settled(json).spec).toEqual(held);
      for (const warning of outcome.warnings) expect(warning.length).toBeLessThanOrEqual(120);
    }),
    { numRuns: 2000 },
  );
  expect(routed).toBeGreaterThan(5);
});
