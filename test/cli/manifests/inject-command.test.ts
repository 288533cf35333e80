import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runInject } from '../../../src/cli/manifests/inject-command.ts';
import { printed, printedWithInput } from '../printed.ts';

let folder: string;
const at = (name: string) => join(folder, name);
const inject = (...args: readonly string[]) => printed(runInject, ...args);
const piped = (input: string | Buffer, ...args: readonly string[]) => printedWithInput(input, runInject, ...args);

const pod = (annotations: string, namespace = 'shop') =>
  `# A pod.\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: ${namespace}\n  annotations: {${annotations}}\nspec:\n  containers:\n  - name: app # the only one\n`;
const asks = pod('metrics-sidecar.io/inject: statsd');
const misspelt = pod('metrics-sidecar.io/inject: statds');
const quiet = 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: c}\n';
const broken = 'kind: [\n';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inject-'));
  await mkdir(at('all'));
  await writeFile(at('asks.yaml'), asks);
  await writeFile(at('quiet.yaml'), quiet);
  await writeFile(at('settings.yaml'), 'defaults: {metrics-port: 9999}\n');
  await writeFile(at('wrong-settings.yaml'), 'defaults: {metrics-prot: 9999}\n');
});
afterAll(() => rm(folder, { recursive: true }));

test('the result is on standard output, the report on standard error', async () => {
  const { code, out, err } = await inject(at('asks.yaml'));
  expect(code).toBe(0);
  expect(out).toMatch(
    /^# A pod\.\napiVersion: v1\n(?:.*\n)* {2}- name: app # the only one\n(?:.*\n)* {2}- name: metrics-sidecar\n/,
  );
  expect(err).toBe(`${at('asks.yaml')}:5:3: Pod/web: injected: statsd\nmetrics-sidecar inject: 1 injected\n`);
});

test('standard input is read without an operand, and passes as it is where nothing asks', async () => {
  const text = `\ufeff${quiet.replaceAll('\n', '\r\n')}`;
  const { code, out, err } = await piped(text);
  expect({ code, out, err }).toEqual({
    code: 0,
    out: text,
    err: 'metrics-sidecar inject: no pods, workloads or Services\n',
  });
  expect(await piped('')).toMatchObject({ code: 0, out: '' });
});

test('JSON stays JSON', async () => {
  const text =
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","annotations":{"metrics-sidecar.io/inject":"ingest"}},"spec":{"containers":[{"name":"a"}]}}';
  const { out } = await piped(text, '-');
  expect(JSON.parse(out).spec.initContainers[0].name).toBe('metrics-sidecar');
  expect(out).not.toContain('\n');
});

describe('the exit code', () => {
  const clashing = pod('metrics-sidecar.io/inject: statsd').replace('name: app', 'name: metrics-sidecar');
  const warned = pod('metrics-sidecar.io/inject: statsd, ingest.metrics-sidecar.io/port: "4888"');
  const required = pod('metrics-sidecar.io/inject: statds, metrics-sidecar.io/required: "true"');

  test.each<[string, string, string[], number]>([
    ['a pod that is injected', asks, [], 0],
    ['nothing to do', quiet, [], 0],
    ['a wrong annotation', misspelt, [], 1],
    ['a pod that cannot have a sidecar', clashing, [], 1],
    ['a pod that may not run without', required, [], 1],
    ['a warning', warned, [], 0],
    ['a warning that counts', warned, ['--fail-on=warning'], 1],
    ['a wrong annotation that does not count', misspelt, ['--fail-on', 'never'], 0],
    ['a pod that may not run without, and does not count', required, ['--fail-on=never'], 0],
    ['what cannot be read', broken, [], 3],
    ['what cannot be read always counts', `${asks}---\n${broken}`, ['--fail-on=never'], 3],
    ['what would change', asks, ['--check'], 1],
    ['what would not change', quiet, ['--check'], 0],
    ['an unknown flag', '', ['--outptu=json'], 2],
    ['an unknown output', '', ['-o', 'xml'], 2],
    ['an address', '', ['https://example.test/a.yaml'], 2],
    ['standard input in place', asks, ['-i', '-'], 2],
    ['in place, but only checked', '', ['-i', '--check', 'a.yaml'], 2],
    ['in place, but as a diff', '', ['-i', '-o', 'diff', 'a.yaml'], 2],
    ['a path that is none', '', ['--pod-template-path', 'Rollout='], 2],
    ['a file that is not there', '', ['nowhere.yaml'], 3],
    ['a settings file that is not there', asks, ['--settings=nowhere.yaml'], 3],
  ])('%s', async (_, text, args, code) => {
    const result = await piped(text, ...args);
    expect(result.code).toBe(code);
    expect(result.err).not.toBe('');
    if (code === 2) expect(result.out).toBe('');
  });
});

test('the status that says why is written as by the webhook; who may not run without a sidecar stays as it is', async () => {
  const { out } = await piped(misspelt);
  expect(out).toContain('metrics-sidecar.io/status: \'{"version":');
  expect(out).toContain('"injected":false');
  expect((await piped(misspelt, '--on-invalid=deny')).out).toBe(misspelt);
  expect((await piped(misspelt, '--on-invalid=deny')).err).toContain('Pod/web: refused\n');
});

test('what cannot be read passes as it came, and everything else is done', async () => {
  const { code, out, err } = await piped(`${broken}---\n${asks}---\n${broken}`);
  expect(code).toBe(3);
  expect(out.startsWith(`${broken}---\n# A pod.`)).toBe(true);
  expect(out.endsWith(`---\n${broken}`)).toBe(true);
  expect(out).toContain('- name: metrics-sidecar\n');
  expect(err).toContain('-:2:1: error: document 1: ');
  expect(err).toContain('1 injected, 2 documents with errors');
  const bytes = Buffer.from([0xff, 0x00, 0x41]);
  expect(await piped(bytes)).toMatchObject({
    code: 3,
    err: expect.stringContaining('metrics-sidecar: -: is not UTF-8\n'),
  });
});

test('several files are one stream', async () => {
  const { out } = await inject(at('quiet.yaml'), at('quiet.yaml'), at('asks.yaml'));
  expect(out.startsWith(`${quiet}---\n# A pod.\n`)).toBe(true);
});

test('-o short, diff and patch', async () => {
  const file = at('asks.yaml');
  expect(await inject(file, '-o', 'short')).toEqual({ code: 0, out: 'Pod/web  injected  statsd\n', err: '' });
  const diff = await inject(file, '-o=diff');
  expect(diff.out).toMatch(/^--- a\/.*asks\.yaml\n\+\+\+ b\/.*asks\.yaml\n@@ /);
  expect(diff.err).toContain('1 injected');
  expect(JSON.parse((await inject(file, '--output=patch')).out)).toMatchObject({ kind: 'Pod', name: 'web' });
  expect(JSON.parse((await inject(file, '-ojson')).out)).toMatchObject({
    kind: 'Pod',
    spec: { containers: [{ name: 'app' }] },
  });
});

test('--check prints the files that would change, or with -o what would', async () => {
  const { code, out, err } = await inject('--check', at('asks.yaml'), at('quiet.yaml'));
  expect({ code, out }).toEqual({ code: 1, out: `${at('asks.yaml')}\n` });
  expect(err).toContain('metrics-sidecar inject: 1 injected\n');
  expect((await inject('--check', '-o', 'diff', at('asks.yaml'))).out).toMatch(/^--- a\//);
});

describe('--in-place', () => {
  test('writes the files that change, with their modes, and no other', async () => {
    await writeFile(at('all/a.yaml'), asks);
    await chmod(at('all/a.yaml'), 0o640);
    await writeFile(at('all/b.yaml'), quiet);
    const untouched = (await stat(at('all/b.yaml'))).ino;
    const { code, out, err } = await inject('-i', at('all'));
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toContain(`metrics-sidecar: wrote ${at('all/a.yaml')}\n`);
    const expected = (await inject(at('asks.yaml'))).out;
    expect(await readFile(at('all/a.yaml'), 'utf8')).toBe(expected);
    expect((await stat(at('all/a.yaml'))).mode & 0o777).toBe(0o640);
    expect((await stat(at('all/b.yaml'))).ino).toBe(untouched);
    expect((await inject('-i', at('all'))).err).not.toContain('wrote');
    expect(await inject('--check', at('all'))).toMatchObject({ code: 0, out: '' });
  });

  test('a file that is a part of several is changed where it can be', async () => {
    await writeFile(at('mixed.yaml'), `${broken}---\n${asks}`);
    expect((await inject('-i', at('mixed.yaml'))).code).toBe(3);
    const text = await readFile(at('mixed.yaml'), 'utf8');
    expect(text.startsWith(`${broken}---\n`)).toBe(true);
    expect(text).toContain('- name: metrics-sidecar\n');
  });
});

describe('what decides', () => {
  test('--settings', async () => {
    expect((await piped(asks, '--settings', at('settings.yaml'))).out).toContain('containerPort: 9999\n');
    const wrong = await piped(asks, '--settings', at('wrong-settings.yaml'));
    expect(wrong).toMatchObject({ code: 3, out: '' });
    expect(wrong.err).toContain(`${at('wrong-settings.yaml')}: defaults.metrics-prot: no such setting`);
  });

  test('--kubernetes-version and --native-sidecars', async () => {
    const isNative = async (...args: string[]) => (await piped(asks, ...args)).out.includes('restartPolicy: Always');
    expect(await isNative()).toBe(true);
    expect(await isNative('--kubernetes-version=1.28')).toBe(false);
    expect(await isNative('--native-sidecars=false')).toBe(false);
  });

  test('the labels of the namespace, where it stands in the manifests', async () => {
    const namespace =
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {metrics-sidecar.io/inject: ingest}}\n';
    const silent = pod('').replace('  annotations: {}\n', '');
    expect((await piped(silent, '-o', 'short')).out).toContain('unchanged');
    expect((await piped(`${namespace}---\n${silent}`, '-o', 'short')).out).toContain('injected  ingest');
    const nameless = silent.replace('  namespace: shop\n', '');
    expect((await piped(`${namespace}---\n${nameless}`, '-o', 'short')).out).toContain('unchanged');
    expect((await piped(`${namespace}---\n${nameless}`, '-o', 'short', '-n', 'shop')).out).toContain(
      'injected  ingest',
    );
  });

  test('--pod-template-path', async () => {
    const rollout = `apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: web}\nspec:\n  template:\n    metadata: {annotations: {metrics-sidecar.io/inject: statsd}}\n    spec: {containers: [{name: a}]}\n`;
    expect((await piped(rollout)).out).toBe(rollout);
    expect((await piped(rollout, '--pod-template-path=Rollout=spec.template')).out).toContain(
      'metrics-sidecar.io/status',
    );
  });
});
