import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type FilesRead, readFiles, watchFiles } from '../../src/files/watch-file.ts';
import { failed } from '../thrown.ts';
import { folder } from '../webhook/folder.ts';

/** Long enough never to come in a test that is about the notices of the file system. */
const never = 3_600_000;

/** Watches, and hands out what is told one after the other. */
async function watching(files: readonly string[], poll = never) {
  const before = await readFiles(files);
  const told: FilesRead[] = [];
  const waiting: ((read: FilesRead) => void)[] = [];
  const take = (read: FilesRead) => {
    const next = waiting.shift();
    if (next === undefined) told.push(read);
    else next(read);
  };
  const watch = watchFiles(files, before, poll, take, failed);
  onTestFinished(() => watch.stop());
  return {
    told,
    stop: () => watch.stop(),
    next: () =>
      new Promise<string>((resolve) => {
        const show = (read: FilesRead) => resolve(read.ok ? read.value.join('|') : read.problem);
        const first = told.shift();
        if (first === undefined) waiting.push(show);
        else show(first);
      }),
  };
}

test('a file that is written again', async () => {
  const file = join(await folder(), 'a');
  await writeFile(file, 'one');
  const watch = await watching([file]);
  await writeFile(file, 'two');
  expect(await watch.next()).toBe('two');
});

test('a file that is replaced by rename, as editors do', async () => {
  const path = await folder();
  const file = join(path, 'a');
  await writeFile(file, 'one');
  const watch = await watching([file]);
  for (const content of ['two', 'three']) {
    await writeFile(join(path, 'next'), content);
    await rename(join(path, 'next'), file);
    expect(await watch.next()).toBe(content);
  }
});

test('a mounted Secret whose link the kubelet swaps: both files at once', async () => {
  const path = await folder();
  const version = async (name: string, content: string) => {
    await mkdir(join(path, name));
    await writeFile(join(path, name, 'tls.crt'), `${content} cert`);
    await writeFile(join(path, name, 'tls.key'), `${content} key`);
    await symlink(name, join(path, '..data_tmp'));
    await rename(join(path, '..data_tmp'), join(path, '..data'));
  };
  await version('..1', 'one');
  const files = ['tls.crt', 'tls.key'].map((name) => join(path, name));
  for (const name of ['tls.crt', 'tls.key']) await symlink(join('..data', name), join(path, name));
  const watch = await watching(files);
  await version('..2', 'two');
  await rm(join(path, '..1'), { recursive: true });
  expect(await watch.next()).toBe('two cert|two key');
});

test('the same content again is not told; a file that goes and comes back is', async () => {
  const file = join(await folder(), 'a');
  await writeFile(file, 'one');
  const watch = await watching([file]);
  await writeFile(file, 'one');
  await rm(file);
  expect(await watch.next()).toBe(`${file}: there is no such file`);
  await writeFile(file, 'one');
  expect(await watch.next()).toBe('one');
  expect(watch.told).toEqual([]);
});

test('where nothing can be watched, a look now and then finds it', async () => {
  const path = join(await folder(), 'later');
  const file = join(path, 'a');
  const watch = await watching([file], 20);
  await mkdir(path);
  await writeFile(`${path}/b`, 'here');
  await rename(`${path}/b`, file);
  expect(await watch.next()).toBe('here');
});

test('what changed before the watch stood is found at once', async () => {
  const file = join(await folder(), 'a');
  await writeFile(file, 'two');
  const found = new Promise<FilesRead>((resolve) => {
    const watch = watchFiles([file], { ok: true, value: [Buffer.from('one')] }, never, resolve, failed);
    onTestFinished(() => watch.stop());
  });
  expect(await found).toEqual({ ok: true, value: [Buffer.from('two')] });
});

test('after stop nothing is told any more', async () => {
  const path = await folder();
  const file = join(path, 'a');
  await writeFile(file, 'one');
  const stopped = await watching([file]);
  const other = await watching([file]);
  stopped.stop();
  await writeFile(file, 'two');
  expect(await other.next()).toBe('two');
  expect(stopped.told).toEqual([]);
});

test('why a file cannot be read is said in words', async () => {
  const path = await folder();
  expect(await readFiles([path])).toEqual({ ok: false, problem: `${path}: is a directory` });
  expect(await readFiles([join(path, 'a')])).toEqual({
    ok: false,
    problem: `${join(path, 'a')}: there is no such file`,
  });
  expect(await readFiles([])).toEqual({ ok: true, value: [] });
});
