import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../../src/cli/run-command-line.ts';
import { printed, printedWithInput } from '../printed.ts';

let folder: string;
const path = (name: string) => join(folder, name);
const latin1 = Buffer.from('mappings: [] # \u00e4\n', 'latin1');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unreadable-'));
  await writeFile(path('latin1.yaml'), latin1);
  await writeFile(path('pod.yaml'), '{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: []}}\n');
});
afterAll(() => rm(folder, { recursive: true }));

/** The command lines that read `FILE`, and the words before it in their message. */
const readers: readonly (readonly [line: string, before: string])[] = [
  ['inject FILE', ''],
  ['uninject FILE', ''],
  ['explain FILE', ''],
  ['lint FILE', ''],
  ['validate FILE', ''],
  ['lint --settings FILE pod.yaml', ''],
  ['map --mapping FILE a:1|c', '--mapping: '],
];
const args = (line: string, file: string) =>
  line.split(' ').map((word) => (word === 'FILE' ? file : word === 'pod.yaml' ? path(word) : word));

describe.each(readers)('%s', (line, before) => {
  test.each([
    ['nowhere.yaml', 'there is no such file'],
    ['latin1.yaml', 'is not UTF-8'],
  ])('%s %s', async (name, problem) => {
    const { code, err } = await printed(run, ...args(line, path(name)));
    expect([code, err]).toEqual([3, expect.stringContaining(`metrics-sidecar: ${before}${path(name)}: ${problem}\n`)]);
  });
});

test.each(['lint -', 'validate -', 'map --mapping - a:1|c'])('%s: standard input that is not UTF-8', async (line) => {
  const { code, err } = await printedWithInput(latin1, run, ...line.split(' '));
  expect([code, err]).toEqual([3, expect.stringMatching(/^metrics-sidecar: (?:--mapping: )?-: is not UTF-8$/m)]);
});

test('a mapping that comes out of a pipe is held to the same', async () => {
  const pipe = path('pipe');
  execFileSync('mkfifo', [pipe]);
  const [{ code, err }] = await Promise.all([printed(run, 'map', '--mapping', pipe, 'a:1|c'), writeFile(pipe, latin1)]);
  expect([code, err]).toEqual([3, `metrics-sidecar: --mapping: ${pipe}: is not UTF-8\n`]);
});

test('a folder is no file where one file is read', async () => {
  for (const line of ['validate FILE', 'lint --settings FILE pod.yaml']) {
    const { code, err } = await printed(run, ...args(line, folder));
    expect([code, err]).toEqual([3, expect.stringContaining(`metrics-sidecar: ${folder}: is a directory\n`)]);
  }
});
