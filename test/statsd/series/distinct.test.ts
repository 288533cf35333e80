import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Distinct } from '../../../src/statsd/series/distinct.ts';

function countOf(texts: Iterable<string>): number {
  const distinct = new Distinct();
  for (const text of texts) distinct.add(text);
  return distinct.count();
}

test('up to 256 texts are counted one by one', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 256 }), fc.array(fc.nat(255)), (texts, again) => {
      const repeated = texts.length === 0 ? [] : again.map((i) => texts[i % texts.length]!);
      expect(countOf([...texts, ...repeated])).toBe(texts.length);
    }),
  );
});

test('none is 0', () => {
  expect(countOf([])).toBe(0);
});

const shapes: readonly (readonly [string, (i: number, round: number) => string])[] = [
  ['numbers in a row', (i, round) => `${round * 1_000_000 + i}`],
  ['names', (i, round) => `user-${i}@round${round}.example.com`],
  ['hexadecimal', (i, round) => (i * 2_654_435_761 + round * 97).toString(16).padStart(16, '0')],
  ['the last character counts', (i, round) => `${'x'.repeat(40)}${round}${String.fromCodePoint(0x4e00 + i)}`],
];

test.each(shapes)('beyond that within some percent: %s', (_name, text) => {
  for (const size of [257, 1000, 5000, 20_000]) {
    const errors = Array.from({ length: 20 }, (_, round) => {
      const count = countOf(Array.from({ length: size }, (_, i) => text(i, round)));
      return count / size - 1;
    });
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    // Of twenty samples: the standard error is 1.6 %.
    expect(Math.abs(mean)).toBeLessThan(0.015);
    expect(deviation).toBeLessThan(0.028);
  }
});

test('a text of its own does not change when it comes again, also in the sketch', () => {
  const distinct = new Distinct();
  const texts = Array.from({ length: 3000 }, (_, i) => `v${i}`);
  for (const text of texts) distinct.add(text);
  const before = distinct.count();
  for (const text of texts) distinct.add(text);
  expect(distinct.count()).toBe(before);
});

test('a million texts take no more memory than some thousand', () => {
  const distinct = new Distinct();
  for (let i = 0; i < 5000; i++) distinct.add(`v${i}`);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 1_000_000; i++) distinct.add(`v${i}`);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000);
  expect(Math.abs(distinct.count() / 1_000_000 - 1)).toBeLessThan(0.05);
});

test('bytes are the text that they are, and what is not ASCII is left to the text', () => {
  const distinct = new Distinct();
  for (const text of ['a', 'user 1', '\u007f', 'x'.repeat(300)]) {
    distinct.add(text);
    const bytes = Buffer.from(`::${text}|`);
    expect(distinct.addBytes(bytes, 2, bytes.length - 1)).toBe(true);
  }
  expect(distinct.count()).toBe(4);
  expect(distinct.addBytes(Buffer.from('é'), 0, 2)).toBe(false);
  expect(distinct.count()).toBe(4);
});

test('cleared, it counts as if it were new, in the memory that it had', () => {
  const distinct = new Distinct();
  for (const texts of [10, 5000, 3, 256, 200, 5000, 5000, 1, 1, 1, 1, 1, 1, 256]) {
    const fresh = new Distinct();
    for (let i = 0; i < texts; i++) {
      distinct.add(`${texts} ${i}`);
      fresh.add(`${texts} ${i}`);
    }
    expect(distinct.count()).toBe(fresh.count());
    if (texts <= 256) expect(distinct.count()).toBe(texts);
    distinct.clear();
    expect(distinct.count()).toBe(0);
  }
});
