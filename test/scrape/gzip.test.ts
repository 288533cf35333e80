import { execFileSync } from 'node:child_process';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combineCrc, deflate, joinGzip } from '../../src/scrape/gzip.ts';

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ maxLength: 300 }).map((text) => Buffer.from(text.repeat(40))),
);

function joined(pieces: readonly Uint8Array[]): Buffer {
  return Buffer.concat(joinGzip(pieces.map((piece) => deflate(zlib, piece))));
}

describe('gzip in pieces', () => {
  test('is one member that holds all of them', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), (pieces) => {
        expect(zlib.gunzipSync(joined(pieces)).equals(Buffer.concat(pieces))).toBe(true);
      }),
    );
  });

  test('has pieces that do not look back: each may stand behind any other', () => {
    const [one, two] = ['a'.repeat(5000), `${'a'.repeat(5000)}b`].map((text) => deflate(zlib, Buffer.from(text)));
    const text = zlib.gunzipSync(Buffer.concat(joinGzip([two!, one!, two!]))).toString();
    expect(text).toBe(`${'a'.repeat(5000)}b${'a'.repeat(5000)}${'a'.repeat(5000)}b`);
  });

  test('is read by gzip itself, size and checksum included', () => {
    const zipped = joined([Buffer.from('x 1\n'), Buffer.alloc(0), Buffer.from('y 2\n'.repeat(10_000))]);
    expect(execFileSync('gzip', ['-dc'], { input: zipped }).toString()).toBe(`x 1\n${'y 2\n'.repeat(10_000)}`);
  });

  test('has the checksum of the whole', () => {
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const whole = zlib.crc32(Buffer.concat([one, other]));
        expect(combineCrc(zlib.crc32(one), zlib.crc32(other), other.length)).toBe(whole);
      }),
    );
  });
});
