import { describe, expect, test } from 'vitest';
import { type Pod, readPod } from '../../../src/inject/pod/pod.ts';
import { readRequest } from '../../../src/inject/request/request.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { haproxyAnnotations } from '../../../src/kinds/haproxy.ts';
import { planProxy } from '../../../src/kinds/injection/proxy.ts';
import { annotationsOf, pod } from '../../inject/pods.ts';

function plan(settings: Readonly<Record<string, string>>, ...containers: JsonObject[]) {
  const keys = Object.entries(settings).map(([key, value]) => [`haproxy.metrics-sidecar.io/${key}`, value]);
  const json = pod('haproxy', {
    annotations: Object.fromEntries(keys),
    spec: { containers: containers.map((one, i) => ({ name: `c${i}`, ...one })) },
  });
  const { reasons, ...result } = planProxy(
    readPod(json) as Pod,
    readRequest(new Map(Object.entries(annotationsOf(json))), {}, new Map()),
    haproxyAnnotations,
  );
  return { ...result, codes: reasons.map(({ code }) => code), details: reasons.map(({ detail }) => detail) };
}

const web = {
  ports: [
    { containerPort: 53, protocol: 'UDP', name: 'dns' },
    { containerPort: 8080, name: 'http' },
    { containerPort: 8081 },
  ],
};

describe('the port of the application', () => {
  test.each([
    ['the first TCP port', {}, [web], 8080],
    ['of the first container that has one', {}, [{}, web], 8080],
    ['by name', { 'app-port': 'http' }, [web], 8080],
    ['by number, declared', { 'app-port': '8081' }, [web], 8081],
    ['by number, not declared', { 'app-port': '3000' }, [{}], 3000],
  ])('%s', (_, settings, containers, port) => {
    expect(plan(settings, ...containers)).toEqual({ appPort: port, codes: [], details: [] });
  });

  test.each([
    ['no port at all', {}, 'app_port_missing', ''],
    ['a name that nobody has', { 'app-port': 'web' }, 'unknown_port_name', '"web"; there is http'],
    ['the name of a UDP port', { 'app-port': 'dns' }, 'unknown_port_name', '"dns"; there is http'],
  ])('%s', (_, settings, code, detail) => {
    const result = plan(settings, code === 'app_port_missing' ? {} : web);
    expect(result).toMatchObject({ codes: [code], details: [detail] });
  });
});

describe('takeover', () => {
  const take = { takeover: 'true', 'app-port': 'http' };

  test('the name moves, and what resolves it in the container is given the number first', () => {
    const probes = {
      livenessProbe: { httpGet: { port: 'http' } },
      readinessProbe: { httpGet: { port: 8080 } },
      startupProbe: { tcpSocket: { port: 'other' } },
      lifecycle: { preStop: { httpGet: { port: 'http' } } },
    };
    expect(plan(take, { ...web, ...probes })).toMatchObject({
      takeover: {
        name: 'http',
        edits: [
          { op: 'replace', path: '/spec/containers/0/livenessProbe/httpGet/port', value: 8080 },
          { op: 'replace', path: '/spec/containers/0/lifecycle/preStop/httpGet/port', value: 8080 },
          { op: 'replace', path: '/spec/containers/0/ports/1/name', value: 'ms-app' },
        ],
      },
      codes: ['port_name_kept'],
    });
  });

  test('where our name is taken the port gets the next one', () => {
    const http = { containerPort: 8080, name: 'http' };
    const named = (containerPort: number, name: string, protocol = 'TCP') => ({ containerPort, name, protocol });
    const edits = (ports: readonly JsonObject[], ...others: JsonObject[]) =>
      plan(take, { ports: [...ports, http] }, ...others).takeover?.edits;
    const replaced = (value: string, index = 1) => [
      { op: 'replace', path: `/spec/containers/0/ports/${index}/name`, value },
    ];
    expect(edits([named(1, 'ms-app')])).toEqual(replaced('ms-app-2'));
    expect(edits([named(1, 'ms-app', 'UDP')])).toEqual(replaced('ms-app-2'));
    expect(edits([named(1, 'ms-app-2'), named(2, 'ms-app')])).toEqual(replaced('ms-app-3', 2));
    expect(edits([named(1, 'ms-app-2')])).toEqual(replaced('ms-app'));
    // A Service that leads to ms-app leads to the first container that has it.
    expect(edits([], { ports: [named(1, 'ms-app')] })).toEqual(replaced('ms-app-2', 0));
  });

  test('every container loses the name; different numbers are told of', () => {
    const other = { ports: [{ containerPort: 9090, name: 'http' }], livenessProbe: { tcpSocket: { port: 'http' } } };
    const result = plan(take, web, other);
    expect(result).toMatchObject({ appPort: 8080, codes: ['port_name_ambiguous', 'port_name_kept'] });
    expect(result.takeover?.edits.map((one) => ('value' in one ? one.value : one.op))).toEqual([
      9090,
      'ms-app',
      'ms-app',
    ]);
  });

  test('by number takes the name that the number has', () => {
    expect(plan({ takeover: 'true', 'app-port': '8080' }, web)).toMatchObject({ takeover: { name: 'http' } });
  });

  test.each([
    { takeover: 'true', 'app-port': '8081' },
    { takeover: 'true', 'app-port': '1234' },
  ])('without a name nothing moves: %j', (settings) => {
    expect(plan(settings, web)).toEqual({
      appPort: expect.any(Number),
      codes: ['takeover_unnamed'],
      details: [expect.any(String)],
    });
  });
});
