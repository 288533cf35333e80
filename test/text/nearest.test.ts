import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distance, nearest } from '../../src/text/nearest.ts';

const words = ['statsd', 'ingest', 'port-monitor', 'haproxy'];

test.each([
  ['statd', 'statsd'],
  ['STATSD', 'statsd'],
  ['statds', 'statsd'],
  ['ports-monitor', 'port-monitor'],
  ['portmonitor', 'port-monitor'],
  ['nginx', undefined],
  ['', undefined],
  ['x'.repeat(200_000), undefined],
])('%s means %s', (word, meant) => {
  expect(nearest(word, words)).toBe(meant);
});

test.each([
  ['', '', 0],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
  ['ab', 'ba', 1],
])('from %s to %s in %i', (a, b, steps) => {
  expect(distance(a, b)).toBe(steps);
  expect(distance(b, a)).toBe(steps);
});

test('with a bound it is the same distance up to the bound, and Infinity above', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
  fc.assert(
    fc.property(word, word, fc.nat(12), (a, b, most) => {
      const whole = distance(a, b);
      expect(distance(a, b, most)).toBe(whole <= most ? whole : Number.POSITIVE_INFINITY);
    }),
  );
});
