import { expect, test } from 'vitest';
import { backOff, halfJitter } from '../../src/timing/back-off.ts';

test('a wait doubles with each failure in a row, up to the most', () => {
  const waits = [1, 2, 3, 4, 5, 1e9].map((failures) => backOff({ first: 1000, most: 8000 }, failures));
  expect(waits).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
});

test('jitter takes half of a wait at most', () => {
  expect([0, 0.5, 1].map((random) => halfJitter(1000, random))).toEqual([500, 750, 1000]);
});
