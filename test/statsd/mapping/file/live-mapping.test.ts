import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Logger } from '../../../../src/runtime/logger.ts';
import { type MappingRead, startLiveMapping } from '../../../../src/statsd/mapping/file/live-mapping.ts';
import type { Finding } from '../../../../src/statsd/mapping/mapping.ts';
import { folder } from '../../../webhook/folder.ts';
import { handMapping } from '../../hand-mapping.ts';

/** Too long to matter in a test of file system events. */
const never = 3_600_000;

const finding = (severity: Finding['severity'], message: string): Finding => ({
  ...{ severity, code: 'test', line: 2, column: 3, message },
});

/** A file with one rule for each name; `wrong` is invalid, `odd` has a warning, `fault` makes the parser throw. */
function read(text: string): MappingRead {
  const names = text.split('\n').filter((name) => name !== '');
  if (names.includes('fault')) throw new TypeError('cannot read');
  if (names.includes('wrong')) return { ok: false, findings: [finding('error', 'a wrong rule')] };
  const findings = names.includes('odd') ? [finding('warning', 'an odd rule')] : [];
  return { ok: true, mapping: handMapping(names.map((match) => ({ match }))), findings };
}

/** Starts a live mapping of a path; `next` resolves with the rules of the next mapping in use. */
async function keep(path: string, { optional = false, poll = never } = {}) {
  const used: (readonly string[])[] = [];
  const waiting: ((rules: readonly string[]) => void)[] = [];
  const logged: string[] = [];
  const write = (level: string) => (message: string) => logged.push(`${level}: ${message}`);
  const log: Logger = { debug() {}, info() {}, warn: write('warn'), error: write('error') };
  const kept = await startLiveMapping({
    ...{ path, optional, poll, read, log },
    use({ rules }) {
      const names = rules.map(({ match }) => match);
      const next = waiting.shift();
      if (next === undefined) used.push(names);
      else next(names);
    },
  });
  if (!kept.ok) return { ok: false as const, problem: kept.problem };
  const { value: mapping } = kept;
  onTestFinished(() => mapping.stop());
  return {
    ok: true as const,
    mapping,
    logged,
    used,
    next: () =>
      new Promise<readonly string[]>((resolve) => {
        const first = used.shift();
        if (first === undefined) waiting.push(resolve);
        else resolve(first);
      }),
  };
}

async function kept(path: string, options: Parameters<typeof keep>[1] = {}) {
  const result = await keep(path, options);
  if (!result.ok) throw new Error(result.problem);
  return result;
}

/** Updates a mounted ConfigMap like a kubelet: a folder for each version, and a link that is swapped. */
async function mount(path: string, version: string, text: string) {
  await mkdir(join(path, version));
  await writeFile(join(path, version, 'mapping.yml'), text);
  await symlink(version, join(path, '..data_tmp'));
  await rename(join(path, '..data_tmp'), join(path, '..data'));
}

test('a file that is written again is loaded again', async () => {
  const file = join(await folder(), 'mapping.yml');
  await writeFile(file, 'a');
  const { next, mapping } = await kept(file);
  expect(await next()).toEqual(['a']);
  expect(mapping.state).toMatchObject({ file, rules: 1, reloads: { success: 0, failure: 0 }, problem: undefined });
  await writeFile(file, 'b\nc');
  expect(await next()).toEqual(['b', 'c']);
  expect(mapping.state).toMatchObject({ file, rules: 2, reloads: { success: 1, failure: 0 } });
});

test.each(['mapping.yml', ''])('a ConfigMap whose link the kubelet swaps (path of the mount and %j)', async (name) => {
  const path = await folder();
  await mount(path, '..1', 'a');
  await symlink(join('..data', 'mapping.yml'), join(path, 'mapping.yml'));
  const { next } = await kept(join(path, name));
  expect(await next()).toEqual(['a']);
  await mount(path, '..2', 'b');
  await rm(join(path, '..1'), { recursive: true });
  expect(await next()).toEqual(['b']);
});

test.each(['mapping.yml', ''])('an optional ConfigMap that is made later (path of the mount and %j)', async (name) => {
  const path = await folder();
  const { next, mapping, logged } = await kept(join(path, name), { optional: true });
  expect(mapping.state.file).toBeUndefined();
  expect(logged).toEqual(['warn: statsd: no mapping']);
  await mount(path, '..1', 'a');
  await symlink(join('..data', 'mapping.yml'), join(path, 'mapping.yml'));
  expect(await next()).toEqual(['a']);
  expect(mapping.state).toMatchObject({ rules: 1, problem: undefined, reloads: { success: 1, failure: 0 } });
});

test('of a directory the first *.yml or *.yaml counts; what others put there does not', async () => {
  const path = await folder();
  await writeFile(join(path, 'b.yaml'), 'b');
  await writeFile(join(path, '.a.yml'), 'hidden');
  await writeFile(join(path, 'a.txt'), 'text');
  const { next } = await kept(path);
  expect(await next()).toEqual(['b']);
  await writeFile(join(path, 'a.yml'), 'a');
  expect(await next()).toEqual(['a']);
});

test('an empty directory is where a mapping will come', async () => {
  const path = await folder();
  const { next, mapping } = await kept(path);
  expect(mapping.state.problem).toBe(`${path}: there is no *.yml or *.yaml file in it`);
  expect(await mapping.reload()).toEqual({
    ok: true,
    value: `statsd: no mapping yet: ${path}: there is no *.yml or *.yaml file in it`,
  });
  expect(mapping.state.reloads).toEqual({ success: 0, failure: 0 });
  await writeFile(join(path, 'mapping.yml'), 'a');
  expect(await next()).toEqual(['a']);
});

test('a directory that is made later is found by a look now and then', async () => {
  const path = join(await folder(), 'deep', 'later');
  const { next } = await kept(path, { optional: true, poll: 20 });
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'mapping.yml'), 'a');
  expect(await next()).toEqual(['a']);
});

test('a wrong version changes nothing, and says so; so does a file that is gone', async () => {
  const file = join(await folder(), 'mapping.yml');
  await writeFile(file, 'a\nodd');
  const { mapping, used, logged } = await kept(file);
  expect(mapping.state.findings).toEqual([finding('warning', 'an odd rule')]);
  await writeFile(file, 'wrong');
  expect(await mapping.reload()).toEqual({
    ok: false,
    problem: `statsd: ${file}:2:3: a wrong rule; the mapping before stays in use`,
  });
  expect(mapping.state).toMatchObject({
    ...{ file, rules: 2, problem: `${file}:2:3: a wrong rule`, findings: [finding('error', 'a wrong rule')] },
    reloads: { success: 0, failure: 1 },
  });
  await writeFile(file, 'fault');
  expect(await mapping.reload()).toMatchObject({ ok: false });
  await rm(file);
  expect(await mapping.reload()).toMatchObject({ ok: false });
  expect(mapping.state).toMatchObject({
    ...{ file, rules: 2, problem: `${file}: there is no such file`, reloads: { success: 0, failure: 3 } },
  });
  expect(logged).toEqual([
    'warn: statsd mapping: an odd rule',
    'error: statsd mapping: a wrong rule',
    ...Array(3).fill('error: statsd: mapping not loaded: the one before stays in use'),
  ]);
  expect(used).toEqual([['a', 'odd']]);
  await writeFile(file, 'b');
  expect(await mapping.reload()).toEqual({ ok: true, value: `statsd: 1 mapping rules from ${file}` });
  expect(mapping.state).toMatchObject({ problem: undefined, reloads: { success: 1, failure: 3 } });
});

test('a reload on demand reads what has not changed too', async () => {
  const path = await folder();
  const file = join(path, 'mapping.yml');
  // In one step: otherwise a look could see half of the file.
  const replace = async (text: string) => {
    await writeFile(join(path, '.next'), text);
    await rename(join(path, '.next'), file);
  };
  await writeFile(file, 'a');
  const { mapping, next } = await kept(file);
  await mapping.reload();
  expect([await next(), await next()]).toEqual([['a'], ['a']]);
  await replace('b');
  await mapping.reload();
  // The event of the file system may come before the request; then one read serves both.
  expect(await next()).toEqual(['b']);
  await replace('c');
  let seen = await next();
  while (seen[0] === 'b') seen = await next();
  expect(seen).toEqual(['c']);
  expect(mapping.state.reloads).toMatchObject({ failure: 0 });
});

test.each([
  ['a file that is not there', async () => {}, 'there is no such file'],
  ['a wrong file', (file: string) => writeFile(file, 'wrong'), ':2:3: a wrong rule'],
  ['a file that is too large', (file: string) => writeFile(file, Buffer.alloc(2 ** 20 + 1)), 'is larger than'],
  ['a pipe', async (file: string) => void execFileSync('mkfifo', [file]), 'is not a file'],
])('at the start, %s is a problem where it has to be there, and waited out where it has not', async (_, make, says) => {
  const file = join(await folder(), 'mapping.yml');
  await make(file);
  expect(await keep(file)).toEqual({ ok: false, problem: expect.stringContaining(says) });
  const { mapping, next } = await kept(file, { optional: true });
  expect(mapping.state.problem).toContain(says);
  await rm(file, { force: true });
  await writeFile(file, 'a');
  expect(await next()).toEqual(['a']);
});
