import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { injectService } from '../../../src/inject/inject.ts';
import { uninjectService } from '../../../src/inject/uninject/uninject-service.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { settings } from '../cluster.ts';
import { annotationsOf, codes, patched } from '../pods.ts';

const p = 'metrics-sidecar.io';
const status = `${p}/status`;
const service = (annotations: Readonly<Record<string, string>>, ports: readonly JsonObject[]): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'orders', annotations },
  spec: { selector: { app: 'orders' }, ports },
});
const injected = (json: JsonObject) => patched(json, injectService({ service: json, settings: settings() }));
const taken = (json: JsonObject) => patched(json, uninjectService(json));
const both = { [`${p}/scrape`]: 'true', [`haproxy.${p}/route`]: 'true' };

const port = fc.record(
  {
    name: fc.constantFrom('http', 'admin'),
    port: fc.constantFrom(80, 8080, 18000),
    targetPort: fc.constantFrom<(string | number | null)[]>(8080, 80, 18000, 'http', null),
    protocol: fc.constantFrom('TCP', 'UDP'),
    nodePort: fc.constant(30_080),
  },
  { requiredKeys: ['port'] },
) as fc.Arbitrary<JsonObject>;
/** The API server takes a number and protocol once. */
const ports = fc.uniqueArray(port, { maxLength: 3, selector: (one) => `${one.port}/${one.protocol ?? 'TCP'}` });
const annotations = fc
  .subarray([
    [`${p}/scrape`, 'true'],
    [`${p}/scrape-port`, '9103'],
    [`haproxy.${p}/route`, 'true'],
    [`haproxy.${p}/route-port`, 'http'],
    [`haproxy.${p}/route-target`, '18500'],
    ['prometheus.io/scrape', 'true'],
    ['prometheus.io/port', '9102'],
    ['prometheus-io/port', '80'],
    ['note', 'x'],
  ])
  .map((some) => Object.fromEntries(some) as Readonly<Record<string, string>>);

test('uninject gives back the Service that inject was given, text for text, and once is enough', () => {
  let changed = 0;
  fc.assert(
    fc.property(annotations, ports, (given, list) => {
      const json = service(given, list);
      const after = injected(json);
      if (annotationsOf(after)[status] !== undefined) changed++;
      const result = uninjectService(after);
      expect(JSON.stringify(patched(after, result))).toBe(JSON.stringify(json));
      expect(codes(result).filter((code) => code !== 'not_injected')).toEqual([]);
      expect(uninjectService(patched(after, result))).toMatchObject({ decision: 'unchanged', patch: [] });
    }),
    { numRuns: 1000 },
  );
  expect(changed).toBeGreaterThan(20);
});

describe('what somebody changed since stays', () => {
  const json = service(both, [{ port: 80, targetPort: 8080 }]);
  // Earlier versions wrote the target port too.
  const scrape = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9102', 'prometheus.io/path': '/metrics' };
  const record = JSON.stringify({ scrape, route: { port: 80, targetPort: 8080, to: 18000 } });
  const after = service({ ...both, ...scrape, [status]: record }, [{ port: 80, targetPort: 18000 }]);
  const edited = (values: Readonly<Record<string, string>>, ports: readonly JsonObject[]) =>
    service({ ...annotationsOf(after), ...values }, ports);

  test('an annotation and a target', () => {
    const result = uninjectService(edited({ 'prometheus.io/port': '1', note: 'x' }, [{ port: 80, targetPort: 'web' }]));
    expect(result.reasons).toEqual([
      { code: 'changed_since', subject: 'annotation prometheus.io/port', detail: '' },
      { code: 'changed_since', subject: 'port 80', detail: '/spec/ports/0/targetPort' },
    ]);
    const back = taken(edited({ 'prometheus.io/port': '1', note: 'x' }, [{ port: 80, targetPort: 'web' }]));
    expect(back).toEqual(service({ ...both, 'prometheus.io/port': '1', note: 'x' }, [{ port: 80, targetPort: 'web' }]));
  });

  test('ports that moved in the list, and one that is gone', () => {
    const first = { port: 81, targetPort: 18000 };
    expect(taken(edited({}, [first, { port: 80, targetPort: 18000 }]))).toEqual(
      service(both, [first, { port: 80, targetPort: 8080 }]),
    );
    expect(codes(uninjectService(edited({}, [first])))).toEqual(['gone_since']);
  });

  test('an older status, which does not say what was written', () => {
    const older = JSON.stringify({ route: { port: 80, targetPort: 8080 } });
    expect(taken(service({ [status]: older }, [{ port: 80, targetPort: 18000 }]))).toEqual({
      ...json,
      metadata: { name: 'orders' },
      spec: { selector: { app: 'orders' }, ports: [{ port: 80, targetPort: 8080 }] },
    });
  });

  test.each(['', '[]', '{'])('a status that cannot be read: %s', (text) => {
    expect(uninjectService(service({ [status]: text }, []))).toMatchObject({ decision: 'invalid', patch: [] });
  });
});
