import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { readInputFile, readInputStream } from '../../src/files/read-input.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

function pipe(name: string): string {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  return path;
}

test('a file up to its bound, and no byte above', async () => {
  const path = join(folder, 'a');
  writeFileSync(path, 'x'.repeat(100));
  expect(await readInputFile(path, 100)).toEqual({ ok: true, value: Buffer.from('x'.repeat(100)) });
  truncateSync(path, 2 ** 20 + 1);
  expect(await readInputFile(path, 2 ** 20)).toEqual({ ok: false, problem: 'is larger than 1 MiB' });
  expect(await readInputFile(join(folder, 'none'))).toEqual({ ok: false, problem: 'there is no such file' });
  expect(await readInputFile(folder)).toEqual({ ok: false, problem: 'is a directory' });
});

test('a pipe that nobody writes to is told instead of waited for', async () => {
  expect(await readInputFile(pipe('silent'))).toEqual({
    ok: false,
    problem: 'is a pipe that nothing came out of: no program writes to it',
  });
});

test('a pipe is read until its writer closes it, also where the writer is slower', async () => {
  const path = pipe('slow');
  const reading = readInputFile(path);
  const writer = await open(path, 'w');
  await writer.write('mappings:');
  await writer.write(' []\n');
  await writer.close();
  expect(await reading).toEqual({ ok: true, value: Buffer.from('mappings: []\n') });
});

test('a pipe and a stream without an end have the same bound', async () => {
  const path = pipe('endless');
  const reading = readInputFile(path, 2 ** 20);
  const writer = await open(path, 'w');
  await expect(
    (async () => {
      for (;;) await writer.write(Buffer.alloc(64 * 1024));
    })(),
  ).rejects.toThrow('EPIPE');
  await writer.close();
  expect(await reading).toEqual({ ok: false, problem: 'is larger than 1 MiB' });
  function* endless() {
    for (;;) yield Buffer.alloc(64 * 1024);
  }
  expect(await readInputStream(Readable.from(endless()), 2 ** 20)).toEqual({
    ok: false,
    problem: 'is larger than 1 MiB',
  });
  expect(await readInputStream(Readable.from(['a', 'b']))).toEqual({ ok: true, value: Buffer.from('ab') });
});
