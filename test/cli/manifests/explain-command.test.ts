import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runExplain } from '../../../src/cli/manifests/explain-command.ts';
import { printed, printedWithInput } from '../printed.ts';

let folder = '';
const path = (name: string) => join(folder, name);
const pod = `apiVersion: v1
kind: Pod
metadata: {name: orders, annotations: {metrics-sidecar.io/inject: "statsd,haproxy"}}
spec: {containers: [{name: app, image: a:1, ports: [{containerPort: 8080}]}]}
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'explain-'));
  await writeFile(path('pod.yaml'), pod);
});
afterAll(() => rm(folder, { recursive: true }));

test('a pod from a file and from standard input', async () => {
  const { code, out, err } = await printed(runExplain, path('pod.yaml'));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`Pod/orders (${path('pod.yaml')}:3, namespace default)\n`);
  expect(out).toContain('Asks for statsd and haproxy, by the annotation metrics-sidecar.io/inject');
  // Names that the program tells itself, from the same table as the docs.
  expect(out).toContain('statsd_exporter_lines_total');
  expect(out).toContain('haproxy_sidecar_up');
  expect((await printedWithInput(pod, runExplain, '-n', 'shop')).out).toContain('Pod/orders (-:3, namespace shop)\n');
});

test('the settings file is named where it decided', async () => {
  await writeFile(path('settings.yaml'), 'defaults: {log-level: debug}\n');
  const { out } = await printed(runExplain, '--settings', path('settings.yaml'), path('pod.yaml'));
  expect(out.replaceAll(/\s+/g, ' ')).toContain(
    `metrics-sidecar.io/log-level: debug (settings file ${path('settings.yaml')})`,
  );
});

test('colour only where it is wanted', async () => {
  expect((await printed(runExplain, path('pod.yaml'))).out).not.toContain('\u001b');
});

test('one annotation and one reason, as the reference prints them', async () => {
  const annotation = await printed(runExplain, '--annotation', 'udp-port');
  expect(annotation).toMatchObject({ code: 0, out: expect.stringContaining('statsd.metrics-sidecar.io/udp-port') });
  expect(await printed(runExplain, '--reason=port_taken')).toMatchObject({
    ...{ code: 0, out: expect.stringContaining('Choose another port') },
  });
  expect(await printed(runExplain, '--reason=service_other_port')).toMatchObject({ code: 0 });
  const json = await printed(runExplain, '--reason=port_taken', '-o', 'json');
  expect(JSON.parse(json.out)).toMatchObject({ reasons: [{ code: 'port_taken' }] });
});

test.each([
  [['--annotation=udp-prt'], 'did you mean "udp-port"?'],
  [['--reason=port_takn'], 'did you mean "port_taken"?'],
  [['--annotation=env', '--reason=port_taken'], 'not both'],
  [['--annotation=env', 'a.yaml'], 'unexpected argument "a.yaml"'],
  [['http://example.test/a.yaml'], 'URLs are not fetched'],
  [['--kubernetes-version=latest', '-'], '--kubernetes-version'],
])('a wrong command line: %j', async (args, said) => {
  const result = await printed(runExplain, ...args);
  expect(result).toMatchObject({ code: 2, out: '' });
  expect(result.err).toContain(said);
});

test('nothing to explain, and what cannot be read', async () => {
  expect(await printedWithInput('a: 1\n', runExplain)).toEqual({
    ...{ code: 0, out: '', err: 'metrics-sidecar explain: no pods, pod templates or annotated Services\n' },
  });
  const broken = await printedWithInput(`a: [\n---\n${pod}`, runExplain);
  expect(broken).toMatchObject({ code: 3, out: expect.stringContaining('Pod/orders') });
  expect(broken.err).toMatch(/^-:\d+:\d+: error: document 1: /);
  expect(await printed(runExplain, path('none.yaml'))).toMatchObject({ code: 3 });
});

test('JSON', async () => {
  const { out } = await printed(runExplain, '-o', 'json', path('pod.yaml'));
  expect(JSON.parse(out)).toMatchObject({ objects: [{ kinds: ['statsd', 'haproxy'] }] });
});
