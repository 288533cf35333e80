import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { unzip } from './unzip.ts';

/** An archive of two files, one stored and one deflated, with an extra field and a comment. */
function archive(): Buffer {
  const files = [
    { name: 'a', method: 0, bytes: Buffer.from('stored'), extra: Buffer.from([1, 2, 3, 4]) },
    { name: 'b/c', method: 8, bytes: deflateRawSync(Buffer.from('deflated '.repeat(100))), extra: Buffer.alloc(0) },
  ];
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const { name, method, bytes, extra } of files) {
    const offset = Buffer.concat(parts).length;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(extra.length, 28);
    parts.push(local, Buffer.from(name), extra, bytes);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(bytes.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
  }
  const [data, entries] = [Buffer.concat(parts), Buffer.concat(directory)];
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(data.length, 16);
  return Buffer.concat([data, entries, end, Buffer.from('a comment')]);
}

describe('a zip archive', () => {
  test('gives up a stored file', () => expect(unzip(archive(), 'a')?.toString()).toBe('stored'));
  test('gives up a deflated one', () => expect(unzip(archive(), 'b/c')?.toString()).toBe('deflated '.repeat(100)));
  test('has no other', () => expect(unzip(archive(), 'c')).toBeUndefined());
  test('is told from something else', () => expect(() => unzip(Buffer.alloc(100), 'a')).toThrow('not a zip archive'));
});
