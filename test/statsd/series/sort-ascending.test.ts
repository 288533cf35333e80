import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortAscending } from '../../../src/statsd/series/sort-ascending.ts';

const sorted = (values: readonly number[], size = values.length) => {
  const array = Float64Array.from(values);
  sortAscending(array, size);
  return [...array];
};
const byValue = (values: readonly number[]) => [...values].sort((a, b) => a - b);

test('as the engine sorts', () => {
  const value = fc.oneof(fc.double({ noNaN: true }), fc.nat(5)).filter((one) => !Object.is(one, -0));
  fc.assert(
    fc.property(fc.array(value, { maxLength: 600, size: 'max' }), (values) => {
      expect(sorted(values)).toEqual(byValue(values));
    }),
    { numRuns: 200 },
  );
});

test('only the first so many', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(sorted(values, 50)).toEqual([...byValue(values.slice(0, 50)), ...values.slice(50)]);
  expect(sorted([], 0)).toEqual([]);
});

test.each([
  ['ascending', (i: number) => i],
  ['descending', (i: number) => -i],
  ['all equal', () => 7],
  ['two values', (i: number) => i % 2],
  ['organ pipes', (i: number) => Math.min(i, 20_000 - i)],
])('20,000 values, %s', (_, value) => {
  const values = Array.from({ length: 20_000 }, (_unused, i) => value(i));
  expect(sorted(values)).toEqual(byValue(values));
});

test('values chosen against a middle of three (Musser 1997) are sorted all the same', () => {
  const half = 2000;
  const values = new Array<number>(2 * half);
  for (let i = 1; i <= half; i++) {
    if (i % 2 === 1) [values[i - 1], values[i]] = [i, half + i];
    values[half + i - 1] = 2 * i;
  }
  expect(sorted(values)).toEqual(byValue(values));
});
