import { expect, test } from 'vitest';
import { memoryBudget } from '../../src/memory/budget.ts';

const mib = 2 ** 20;

test.each([
  [128, 32],
  [64, 3],
  [256, 90],
])('of %i MiB series have %i', (limit, series) => {
  expect(Math.floor(memoryBudget(limit * mib, false).series / mib)).toBe(series);
});

test('the watchdog takes its share first', () => {
  expect(Math.floor(memoryBudget(128 * mib, true).series / mib)).toBe(27);
});

test('where little is left there is still something, and never more than there is', () => {
  for (const limit of [1, 16, 32, 44, 48, 64, 100, 128, 1000, 1e6]) {
    const { series, pages } = memoryBudget(limit * mib, false);
    expect(series).toBeGreaterThan(0);
    if (limit > 64) expect(series + pages).toBeLessThan((limit - 40) * mib);
  }
});

test.each([undefined, 0, -1, 2 ** 63, 2 ** 64, Number.POSITIVE_INFINITY])('%s is no limit', (limit) => {
  expect(memoryBudget(limit, false).series).toBeGreaterThan(400 * mib);
});

test('a small container has no room for a thread of explanations', () => {
  expect(memoryBudget(64 * mib, false).worker).toBe(0);
  expect(memoryBudget(128 * mib, false).worker).toBe(24 * mib);
});
