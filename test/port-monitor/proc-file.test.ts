import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createProcReader } from '../../src/port-monitor/proc-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'proc-file-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('createProcReader', () => {
  test('reads files of any size up to its limit into one buffer', () => {
    const read = createProcReader();
    for (const size of [0, 1, 8192, 8193, 100_000, 3]) {
      const path = join(directory, `of-${size}`);
      const content = Buffer.alloc(size, 'abc');
      writeFileSync(path, content);
      const file = read(path);
      expect(file.ok && file.value.equals(content)).toBe(true);
    }
    writeFileSync(join(directory, 'large'), Buffer.alloc(300_000));
    expect(read(join(directory, 'large'))).toEqual({ ok: false, problem: 'too_large' });
  });

  test('says why a file gives nothing', () => {
    const read = createProcReader();
    expect(read(join(directory, 'none'))).toEqual({ ok: false, problem: 'missing' });
    expect(read(join(directory, 'none/below'))).toEqual({ ok: false, problem: 'missing' });
    expect(read(directory)).toEqual({ ok: false, problem: 'unreadable' });
  });

  test('closes what it opened', () => {
    const read = createProcReader();
    const before = openFiles();
    for (let i = 0; i < 20; i++) read(directory);
    for (let i = 0; i < 20; i++) read('/proc/self/stat');
    expect(openFiles()).toBe(before);
  });
});

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}
