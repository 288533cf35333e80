import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operandProblems, readInputs } from '../../../src/cli/arguments/read-inputs.ts';
import type { Io } from '../../../src/terminal/io.ts';

let folder: string;
const at = (name: string) => join(folder, name);
const io = (input = '', isTTY = false) => ({ in: Object.assign(Readable.from([input]), { isTTY }) }) as unknown as Io;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inputs-'));
  for (const name of ['b', 'b/deep', '.git', 'empty']) await mkdir(at(name));
  for (const name of [
    'z.yaml',
    'a.yml',
    'c.json',
    'b/d.YAML',
    'b/deep/e.yaml',
    'README.md',
    '.hidden.yaml',
    '.git/x.yaml',
  ])
    await writeFile(at(name), name);
  await writeFile(at('latin1.txt'), Buffer.from([0x61, 0xe9]));
  await symlink(at('z.yaml'), at('link.yaml'));
  await symlink(at('b'), at('linked.yaml'));
});
afterAll(() => rm(folder, { recursive: true }));

const sources = async (...operands: readonly string[]) => {
  const { inputs, problems } = await readInputs(operands, io('from input'));
  return { sources: inputs.map(({ source }) => source.replace(`${folder}/`, '')), problems };
};

test('a folder stands for its manifests, sorted, hidden ones and links to folders left out', async () => {
  const found = ['a.yml', 'b/d.YAML', 'b/deep/e.yaml', 'c.json', 'link.yaml', 'z.yaml'];
  expect(await sources(folder)).toEqual({ sources: found, problems: [] });
});

test('a file that is named is read whatever its name, each file once', async () => {
  expect(await sources(at('README.md'), at('z.yaml'), '-', at('README.md'), at('.hidden.yaml'))).toEqual({
    sources: ['README.md', 'z.yaml', '-', '.hidden.yaml'],
    problems: [],
  });
});

test('without an operand, standard input', async () => {
  expect((await readInputs([], io('x'))).inputs).toMatchObject([{ source: '-', text: 'x' }]);
});

test('what cannot be read is named, and the rest is read', async () => {
  expect(await sources(at('nowhere.yaml'), at('empty'), at('a.yml'))).toEqual({
    sources: ['a.yml'],
    problems: [
      `${at('nowhere.yaml')}: there is no such file`,
      `${at('empty')}: no manifests in it (*.yaml, *.yml, *.json)`,
    ],
  });
});

test('bytes that are no UTF-8 are no text; a byte order mark is kept', async () => {
  const { inputs } = await readInputs([at('latin1.txt'), '-'], io('\ufeffx'));
  expect(inputs[0]).toEqual({ source: at('latin1.txt'), bytes: Buffer.from([0x61, 0xe9]) });
  expect(inputs[1]!.text).toBe('\ufeffx');
});

test.each<[string, string[], boolean, RegExp[]]>([
  ['files', ['a.yaml', 'http.yaml'], true, []],
  ['nothing, and a pipe', [], false, []],
  ['nothing, and a terminal', [], true, [/^which files\?/]],
  ['- on a terminal: whoever says so means to type', ['-'], true, []],
  [
    'URLs',
    ['https://example.test/a.yaml'],
    false,
    [/curl -fsS https:\/\/example\.test\/a\.yaml \| metrics-sidecar lint -$/],
  ],
])('operands: %s', (_, operands, isTTY, expected) => {
  const problems = operandProblems('lint', operands, io('', isTTY));
  expect(problems).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
});
