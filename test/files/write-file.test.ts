import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
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
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeFileAtomically, writeOutput } from '../../src/files/write-file.ts';

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
  expect(await writeFileAtomically(file, 'new', { mark: 1 })).toEqual({ ok: true });
  const after = await stat(file);
  expect(await readFile(file, 'utf8')).toBe('new');
  expect(after.mode).toBe(before.mode);
  expect(after.ino).not.toBe(before.ino);
  expect(await readdir(folder)).toEqual(['pod.yaml']);
});

test('makes a file that is not there', async () => {
  const file = join(folder, 'new.yaml');
  expect(await writeFileAtomically(file, 'ä', { mark: 1 })).toEqual({ ok: true });
  expect(await readFile(file, 'utf8')).toBe('ä');
});

test('follows links, over several directories', async () => {
  await mkdir(join(folder, 'real'));
  await writeFile(join(folder, 'real/pod.yaml'), 'old');
  await symlink('real/pod.yaml', join(folder, 'one'));
  await symlink('one', join(folder, 'two'));
  expect(await writeFileAtomically(join(folder, 'two'), 'new', { mark: 1 })).toEqual({ ok: true });
  expect(await readFile(join(folder, 'real/pod.yaml'), 'utf8')).toBe('new');
  expect(await readlink(join(folder, 'two'))).toBe('one');
  expect((await lstat(join(folder, 'one'))).isSymbolicLink()).toBe(true);
});

test('what an interrupted run left behind is replaced, and never written through', async () => {
  const file = join(folder, 'pod.yaml');
  await writeFile(join(folder, 'precious'), 'precious');
  await symlink('precious', join(folder, '.pod.yaml.7.tmp'));
  expect(await writeFileAtomically(file, 'new', { mark: 7 })).toEqual({ ok: true });
  expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('precious');
  expect(await readdir(folder)).toEqual(['pod.yaml', 'precious']);
});

test('what cannot be written is said, and nothing is left behind', async () => {
  await mkdir(join(folder, 'directory'));
  await symlink('nowhere', join(folder, 'dangling'));
  const problem = async (name: string) => {
    const written = await writeFileAtomically(join(folder, name), 'x', { mark: 1 });
    return written.ok ? '' : written.problem.replace(folder, '');
  };
  expect(await problem('directory')).toBe('/directory: is a directory');
  expect(await problem('none/pod.yaml')).toBe('/none/pod.yaml: there is no such directory');
  expect(await problem('dangling')).toBe('/dangling: there is no such directory');
  expect((await readdir(folder)).sort()).toEqual(['dangling', 'directory']);
});

test('a mode that is asked for holds whatever the umask and the file before say', async () => {
  const file = join(folder, 'key');
  await writeFile(file, 'old', { mode: 0o666 });
  const before = process.umask(0o077);
  try {
    expect(await writeFileAtomically(file, 'new', { mark: 1, mode: 0o644 })).toEqual({ ok: true });
  } finally {
    process.umask(before);
  }
  expect((await stat(file)).mode & 0o777).toBe(0o644);
});

/** Whether a program could make it: a device needs root. */
const makes = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;

describe('what is no regular file stays what it is', () => {
  const options = { mark: 1 };
  const refused = (file: string) => ({ ok: false, problem: `${file}: is no regular file, so it cannot be replaced` });

  test('a pipe: output goes into it', async () => {
    const pipe = join(folder, 'pipe');
    expect(makes('mkfifo', pipe)).toBe(true);
    await symlink('pipe', join(folder, 'link'));
    expect(await writeFileAtomically(pipe, 'x', options)).toEqual(refused(pipe));
    // A reader that does not wait for a writer, so that the writer does not wait for it either.
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      expect(await writeOutput(pipe, 'one ', options)).toEqual({ ok: true });
      expect(await writeOutput(join(folder, 'link'), 'two', options)).toEqual({ ok: true });
      expect(readFileSync(reader, 'utf8')).toBe('one two');
    } finally {
      closeSync(reader);
    }
    expect((await lstat(pipe)).isFIFO()).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['link', 'pipe']);
  });

  test('a device: output goes into it', async ({ skip }) => {
    const device = join(folder, 'null');
    if (!makes('mknod', device, 'c', '1', '3')) skip('only root makes devices');
    expect(await writeFileAtomically(device, 'x', options)).toEqual(refused(device));
    expect(await writeOutput(device, 'x', options)).toEqual({ ok: true });
    expect((await lstat(device)).isCharacterDevice()).toBe(true);
    expect(await readdir(folder)).toEqual(['null']);
  });

  test('an open descriptor: output goes to the end of its file, which is not replaced', async () => {
    const file = join(folder, 'log');
    await writeFile(file, 'before ');
    const { ino } = await stat(file);
    const open = openSync(file, 'a');
    try {
      const descriptor = `/proc/self/fd/${open}`;
      await symlink(descriptor, join(folder, 'stdout'));
      for (const path of [descriptor, `/dev/fd/${open}`, join(folder, 'stdout')]) {
        expect(await writeFileAtomically(path, 'x', options)).toEqual(refused(path));
        expect(await writeOutput(path, 'more ', options)).toEqual({ ok: true });
      }
    } finally {
      closeSync(open);
    }
    expect(await readFile(file, 'utf8')).toBe('before more more more ');
    expect((await stat(file)).ino).toBe(ino);
  });

  test('links in a circle', async () => {
    await symlink('b', join(folder, 'a'));
    await symlink('a', join(folder, 'b'));
    const written = await writeOutput(join(folder, 'a'), 'x', options);
    expect(written).toEqual({ ok: false, problem: `${join(folder, 'a')}: too many links` });
  });
});
