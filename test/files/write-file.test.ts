import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFileAtomically } from '../../src/files/write-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-file-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('replaces the content and keeps the mode', async () => {
  const file = join(folder, 'pod.yaml');
  await writeFile(file, 'old');
  await chmod(file, 0o640);
  const before = await stat(file);
  expect(await writeFileAtomically(file, 'new', 1)).toEqual({ ok: true });
  const after = await stat(file);
  expect(await readFile(file, 'utf8')).toBe('new');
  expect(after.mode).toBe(before.mode);
  expect(after.ino).not.toBe(before.ino);
  expect(await readdir(folder)).toEqual(['pod.yaml']);
});

test('makes a file that is not there', async () => {
  const file = join(folder, 'new.yaml');
  expect(await writeFileAtomically(file, 'ä', 1)).toEqual({ ok: true });
  expect(await readFile(file, 'utf8')).toBe('ä');
});

test('follows links, over several directories', async () => {
  await mkdir(join(folder, 'real'));
  await writeFile(join(folder, 'real/pod.yaml'), 'old');
  await symlink('real/pod.yaml', join(folder, 'one'));
  await symlink('one', join(folder, 'two'));
  expect(await writeFileAtomically(join(folder, 'two'), 'new', 1)).toEqual({ ok: true });
  expect(await readFile(join(folder, 'real/pod.yaml'), 'utf8')).toBe('new');
  expect(await readlink(join(folder, 'two'))).toBe('one');
  expect((await lstat(join(folder, 'one'))).isSymbolicLink()).toBe(true);
});

test('what an interrupted run left behind is replaced, and never written through', async () => {
  const file = join(folder, 'pod.yaml');
  await writeFile(join(folder, 'precious'), 'precious');
  await symlink('precious', join(folder, '.pod.yaml.7.tmp'));
  expect(await writeFileAtomically(file, 'new', 7)).toEqual({ ok: true });
  expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('precious');
  expect(await readdir(folder)).toEqual(['pod.yaml', 'precious']);
});

test('what cannot be written is said, and nothing is left behind', async () => {
  await mkdir(join(folder, 'directory'));
  await symlink('nowhere', join(folder, 'dangling'));
  const problem = async (name: string) => {
    const written = await writeFileAtomically(join(folder, name), 'x', 1);
    return written.ok ? '' : written.problem.replace(folder, '');
  };
  expect(await problem('directory')).toBe('/directory: is a directory');
  expect(await problem('none/pod.yaml')).toBe('/none/pod.yaml: there is no such directory');
  expect(await problem('dangling')).toBe('/dangling: there is no such directory');
  expect((await readdir(folder)).sort()).toEqual(['dangling', 'directory']);
});
