import { expect, test } from 'vitest';
import { memoryBudget } from '../../src/memory/budget.ts';

const MIB = 2 ** 20;

test.each([
  [128, 32],
  [64, 3],
  [256, 90],
])('of %i MiB series have %i', (limit, series) => {
  expect(Math.floor(memoryBudget(limit * MIB, false).series / MIB)).toBe(series);
});

test('the watchdog takes its share first', () => {
  expect(Math.floor(memoryBudget(128 * MIB, true).series / MIB)).toBe(27);
});

test('where little is left there is still something, and never more than there is', () => {
  for (const limit of [1, 16, 32, 44, 48, 64, 100, 128, 1000, 1e6]) {
    const { series, pages } = memoryBudget(limit * MIB, false);
    expect(series).toBeGreaterThan(0);
    if (limit > 64) expect(series + pages).toBeLessThan((limit - 40) * MIB);
  }
});

test.each([undefined, 0, -1, 2 ** 63, 2 ** 64, Number.POSITIVE_INFINITY])('%s is no limit', (limit) => {
  expect(memoryBudget(limit, false).series).toBeGreaterThan(400 * MIB);
});

test('a small container has no room for a thread of explanations', () => {
  expect(memoryBudget(64 * MIB, false).worker).toBe(0);
  expect(memoryBudget(128 * MIB, false).worker).toBe(24 * MIB);
});
