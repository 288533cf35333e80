import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonLines } from '../../../src/kube/connection/json-lines.ts';

/** The same bytes in pieces that end anywhere, within a character too. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

test('however the bytes come, the values are the same', () => {
  const values = fc.array(fc.jsonValue(), { maxLength: 8 });
  fc.assert(
    fc.property(values, fc.array(fc.nat()), fc.constantFrom('\n', '\r\n', '\n\n'), (sent, cuts, end) => {
      const got: unknown[] = [];
      const lines = jsonLines(1e6, (value) => got.push(value));
      const bytes = Buffer.from(sent.map((value) => JSON.stringify(value) + end).join(''));
      for (const piece of pieces(bytes, cuts)) expect(lines.write(piece)).toBeUndefined();
      expect(got).toEqual(sent.map((value) => JSON.parse(JSON.stringify(value))));
      expect(lines.rest()).toBe(0);
    }),
  );
});

describe('characters of several bytes', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('cut after %i bytes', (cut) => {
    const got: unknown[] = [];
    const lines = jsonLines(100, (value) => got.push(value));
    const bytes = Buffer.from('"é€😀"\n');
    lines.write(bytes.subarray(0, cut));
    expect(lines.rest()).toBe(cut);
    lines.write(bytes.subarray(cut));
    expect(got).toEqual(['é€😀']);
  });
});

test.each([
  ['{"a":1}\n{"a":\n', 'not JSON', [{ a: 1 }]],
  ['<html>\n', 'not JSON', []],
  [`"${'x'.repeat(100)}"\n`, 'line too long', []],
  [`1\n"${'x'.repeat(100)}`, 'line too long', [1]],
])('%j: %s', (text, problem, before) => {
  const got: unknown[] = [];
  expect(jsonLines(50, (value) => got.push(value)).write(Buffer.from(text))).toBe(problem);
  expect(got).toEqual(before);
});

test('what is held of an unfinished line is limited over many chunks', () => {
  const lines = jsonLines(50, () => {});
  const chunk = Buffer.from('x'.repeat(20));
  expect([lines.write(chunk), lines.write(chunk), lines.write(chunk)]).toEqual([undefined, undefined, 'line too long']);
});
