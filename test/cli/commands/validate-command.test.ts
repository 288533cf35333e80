import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runValidate } from '../../../src/cli/commands/validate-command.ts';
import { printed, printedWithInput } from '../printed.ts';

let folder: string;
const path = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'validate-'));
  await writeFile(path('clean.yml'), 'mappings:\n- {match: "a.*", name: n}\n');
  await writeFile(path('warning.yml'), 'mappings:\n- {match: a.b, name: n}\n- {match: a.b, name: n}\n');
  await writeFile(path('error.yml'), 'mappings:\n- {match: a.b}\n- {match: "a*", name: n}\n');
  await writeFile(path('compat.yml'), 'mappings:\n- {match: a.b, name: n}\n- {match: a, name: n, fsm: 1}\n');
});

afterAll(() => rm(folder, { recursive: true }));

test.each<[string, string[], number, string]>([
  ['nothing is said of a clean file', ['clean.yml'], 0, ''],
  [
    'a warning',
    ['warning.yml'],
    0,
    'warning.yml:3:11: warning: match "a.b" is never reached: "a.b" in line 2 matches first (unreachable)\n',
  ],
  [
    'errors, all of them',
    ['error.yml'],
    1,
    [
      'error.yml:2:3: error: the mapping has no name (name)\n',
      'error.yml:3:11: error: match "a*": * stands for a whole segment between dots, not for a part of "a*"; ',
      'match_type: regex can say that (match)\n',
    ].join(''),
  ],
])('%s', async (_, files, code, out) => {
  const result = await printed(runValidate, ...files.map(path));
  expect(result).toEqual({ code, out: out.replaceAll(/^(?=\w+\.yml:)/gm, `${folder}/`), err: '' });
});

describe('exit codes', () => {
  test.each<[string, number]>([
    ['clean.yml --fail-on warning', 0],
    ['--fail-on=warning warning.yml clean.yml', 1],
    ['clean.yml error.yml warning.yml', 1],
    ['compat.yml', 0],
    ['compat.yml --statsd.strict-config', 1],
    ['nowhere.yml', 3],
    ['error.yml nowhere.yml', 3],
    ['.', 3],
    ['', 2],
    ['clean.yml --strict', 2],
    ['clean.yml -o yaml', 2],
  ])('%s: %i', async (line, code) => {
    const args = line.split(' ').filter(Boolean);
    const result = await printed(runValidate, ...args.map((arg) => (/^\.$|\.yml$/.test(arg) ? path(arg) : arg)));
    expect(result.code).toBe(code);
    expect(result.err !== '').toBe(code >= 2);
  });
});

test('--statsd.compat-glob asks for what statsd_exporter would lose', async () => {
  await writeFile(path('prefix.yml'), 'mappings:\n- {match: a.b, name: n}\n- {match: a, name: n}\n');
  expect((await printed(runValidate, path('prefix.yml'))).out).toBe('');
  const { out } = await printed(runValidate, path('prefix.yml'), '--statsd.compat-glob');
  expect(out).toContain('prefix.yml:3:11: warning: match "a" is never reached: statsd_exporter loses it (unreachable)');
});

test('standard input', async () => {
  const { code, out } = await printedWithInput('mappings: 5', runValidate, '-');
  expect({ code, out }).toEqual({ code: 1, out: '-:1:11: error: mappings has to be a list (wrong_type)\n' });
});

test('JSON for programs', async () => {
  const { code, out } = await printed(runValidate, path('clean.yml'), path('error.yml'), '-o', 'json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    summary: { error: 2, warning: 0 },
    files: [
      { file: path('clean.yml'), rules: 1, findings: [] },
      { file: path('error.yml'), findings: [{ severity: 'error', code: 'name', line: 2, column: 3 }, { line: 3 }] },
    ],
  });
});

describe('what is no mapping file', () => {
  const held = [
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata: {name: orders}',
    'data:',
    '  application.yml: "a: 1"',
    '  mapping.yml: |',
    '    mappings:',
    '    - match: a.b',
    '',
  ].join('\n');

  test('of a ConfigMap the mappings are read, with their places in the file', async () => {
    await writeFile(path('map.yaml'), held);
    expect(await printed(runValidate, path('map.yaml'))).toEqual({
      code: 1,
      out: `${path('map.yaml')}:8:7: error: ConfigMap/orders, mapping.yml: the mapping has no name (name)\n`,
      err: '',
    });
    await writeFile(path('map.yaml'), held.replace('match: a.b', 'match: a.b\n      name: n'));
    expect(await printed(runValidate, path('map.yaml'))).toEqual({ code: 0, out: '', err: '' });
  });

  test('a ConfigMap without a mapping is an error, in a List as well', async () => {
    await writeFile(path('map.yaml'), held.replace('mappings:', 'other:'));
    const { code, out } = await printed(runValidate, path('map.yaml'));
    expect([code, out]).toEqual([1, expect.stringContaining('holds no mapping (mappings: …); its keys: ')]);
    const items = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { m: 'mappings: [{}]' } }];
    await writeFile(path('list.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const listed = await printed(runValidate, path('list.json'));
    expect([listed.code, listed.out]).toEqual([1, expect.stringContaining('ConfigMap/a, m: ')]);
  });

  test('a template is told in one sentence', async () => {
    const text = 'mappings:\n{{- range .Values.rules }}\n- match: {{ .match }}\n  name: {{ .name }}\n{{- end }}\n';
    await writeFile(path('template.yml'), text);
    const { code, out } = await printed(runValidate, path('template.yml'));
    expect(code).toBe(1);
    expect(out).toMatch(/^\S+:2:1: error: a template \(\{\{ … \}\}\) is no mapping yet: .* \(template\)\n$/);
  });

  test.each(['/dev/zero', '/dev/null'])('%s is not a regular file', async (device) => {
    const { code, err } = await printed(runValidate, device);
    expect([code, err]).toEqual([3, expect.stringContaining('is not a regular file (standard input is -)')]);
  });
});
