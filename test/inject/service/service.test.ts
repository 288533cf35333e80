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

  test.each([
    ['the first port', {}, {}, 18000],
    ['by name', { [`haproxy.${p}/route-port`]: 'http' }, {}, 18000],
    ['by number', { [`haproxy.${p}/route-port`]: '80' }, {}, 18000],
    ['another target', { [`haproxy.${p}/route-target`]: '18500' }, {}, 18500],
    ['a target port that is the port', {}, { ports: [{ port: 8080 }] }, 18000],
  ])('%s', (_, annotations, spec, port) => {
    expect(target(settled(service({ ...route, ...annotations }, spec)))).toBe(port);
  });

  test('what stood there is kept through later passes, and renewed when it is applied anew', () => {
    const after = settled(service(route));
    expect(JSON.parse(annotationsOf(after)[`${p}/status`]!)).toEqual({
      route: { port: 80, targetPort: 8080, to: 18000 },
    });
    const applied = service(annotationsOf(after), { ports: [{ port: 80, targetPort: 9090 }] });
    expect(JSON.parse(annotationsOf(settled(applied))[`${p}/status`]!)).toEqual({
      route: { port: 80, targetPort: 9090, to: 18000 },
    });
    const moved = service(
      { ...annotationsOf(after), [`haproxy.${p}/route-target`]: '18001' },
      after.spec as JsonObject,
    );
    expect(JSON.parse(annotationsOf(settled(moved))[`${p}/status`]!)).toEqual({
      route: { port: 80, targetPort: 8080, to: 18001 },
    });
  });

  test.each([
    ['a named target', { [`haproxy.${p}/route-port`]: 'admin' }, {}, 'service_named_port'],
    ['a port that is not there', { [`haproxy.${p}/route-port`]: '82' }, {}, 'service_port_unknown'],
    ['a UDP port', {}, { ports: [{ port: 53, protocol: 'UDP' }] }, 'service_port_unknown'],
    ['no port', {}, { ports: null }, 'service_port_unknown'],
    ['headless', {}, { clusterIP: 'None' }, 'service_headless'],
    ['no selector', {}, { selector: null }, 'service_without_pods'],
    ['an external name', {}, { type: 'ExternalName' }, 'service_without_pods'],
  ])('%s is left with a warning', (_, annotations, spec, code) => {
    const outcome = run(service({ ...route, ...annotations }, spec));
    expect(outcome).toMatchObject({ decision: 'unchanged', patch: [] });
    expect(codes(outcome)).toEqual([code]);
    expect(outcome.warnings).toHaveLength(1);
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
