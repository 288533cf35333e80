import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runLint } from '../../../src/cli/manifests/lint-command.ts';
import { kindNames } from '../../../src/kinds/kind-names.ts';
import { printed, printedWithInput } from '../printed.ts';

let folder = '';
const path = (name: string) => join(folder, name);

const pod = (inject: string, annotations = '') => `apiVersion: v1
kind: Pod
metadata: {name: orders, annotations: {metrics-sidecar.io/inject: ${inject}${annotations}}}
spec: {containers: [{name: app, image: a:1}]}
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lint-'));
  await mkdir(path('set'));
  await writeFile(path('good.yaml'), pod('statsd'));
  await writeFile(path('set/a.yaml'), pod('statd'));
  await writeFile(path('set/b.json'), '{"a": 1}\n');
  await writeFile(path('warned.yaml'), pod('statsd', ', ingest.metrics-sidecar.io/port: "4999"'));
  await writeFile(path('latin.yaml'), Buffer.from([0x61, 0x3a, 0xe4]));
});
afterAll(() => rm(folder, { recursive: true }));

describe('exit codes and where things are printed', () => {
  test('nothing found', async () => {
    const result = await printed(runLint, path('good.yaml'));
    expect(result).toEqual({
      code: 0,
      out: '',
      err: 'metrics-sidecar lint: 0 errors, 0 warnings; 1 pod or pod template in 1 file\n',
    });
  });

  test('findings of a folder: one line each on standard output, the sum on standard error', async () => {
    const result = await printed(runLint, path('set'));
    expect(result).toEqual({
      code: 1,
      out: `${path('set/a.yaml')}:3:40: error: Pod/orders: metrics-sidecar.io/inject: wrong value: "statd" is not a kind (${kindNames.join(', ')}); did you mean "statsd"? Write metrics-sidecar.io/inject: "statsd". (bad_value)\n`,
      err: 'metrics-sidecar lint: 1 error, 0 warnings; 1 pod or pod template in 2 files\n',
    });
  });

  test('standard input, and --fail-on', async () => {
    const text = await readFile(path('warned.yaml'), 'utf8');
    expect(await printedWithInput(text, runLint)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^-:3:\d+: warning: /),
    });
    expect(await printedWithInput(text, runLint, '--fail-on=error', '-')).toMatchObject({ code: 0 });
  });

  test('what cannot be read is said, and the rest is linted all the same', async () => {
    const result = await printed(runLint, path('none.yaml'), path('latin.yaml'), path('set/a.yaml'));
    expect(result).toMatchObject({ code: 3, out: expect.stringContaining('bad_value') });
    expect(result.err).toContain(`${path('none.yaml')}: `);
    expect(result.err).toContain(`${path('latin.yaml')}: is not UTF-8`);
  });

  test.each([
    [['https://example.test/a.yaml'], 'https://example.test/a.yaml: URLs are not fetched'],
    [['--outpt=json'], 'did you mean'],
    [['--pod-template-path=rollout=x', '-'], '--pod-template-path'],
    [['-o', 'yaml', '-'], '--output'],
  ])('a wrong command line: %j', async (args, said) => {
    const result = await printed(runLint, ...args);
    expect(result).toMatchObject({ code: 2, out: '' });
    expect(result.err).toContain(said);
    expect(result.err).toContain('Try "metrics-sidecar lint --help".');
  });

  test('a settings file that cannot be used', async () => {
    await writeFile(path('settings.yaml'), 'defaults: {imag: x}\n');
    const result = await printed(runLint, `--settings=${path('settings.yaml')}`, path('good.yaml'));
    expect(result).toMatchObject({ code: 3, out: '' });
    expect(result.err).toContain(path('settings.yaml'));
  });
});

describe('for programs', () => {
  test('JSON', async () => {
    const { out, code } = await printed(runLint, '-o', 'json', path('set'));
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      version: expect.any(String),
      summary: { error: 1, warning: 0 },
      findings: [
        {
          severity: 'error',
          code: 'bad_value',
          source: path('set/a.yaml'),
          document: 1,
          line: 3,
          column: 40,
          object: 'Pod/orders',
          sentence: expect.stringContaining('did you mean "statsd"?'),
          advice: 'Write metrics-sidecar.io/inject: "statsd".',
        },
      ],
    });
  });

  test('annotations of a GitHub workflow: what would end a property or a line is escaped', async () => {
    await writeFile(path('a,b%.yaml'), pod('"x\\n::error::y"'));
    const { out } = await printed(runLint, '-o', 'github', path('a,b%.yaml'));
    expect(out.split('\n')).toHaveLength(2);
    expect(out).toMatch(/^::error file=[^,]*a%2Cb%25\.yaml,line=3,col=40,title=bad_value::Pod\/orders: /);
  });
});

test('a name or value of a manifest moves no cursor', async () => {
  const text = pod('statsd').replace('name: orders', 'name: "a\\e[31m"').replace('statsd', 'x');
  expect((await printedWithInput(text, runLint)).out).not.toContain('\u001b');
});
