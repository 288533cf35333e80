import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addTo, bucketsOf, increaseOf, totalOf, unionOf } from '../../../src/ingest/series/cumulative.ts';

describe('totals', () => {
  test('are nearly exact for what a plain sum loses', () => {
    const total = { sum: 0, carry: 0 };
    addTo(total, 1e16);
    for (let i = 0; i < 1000; i++) addTo(total, 1);
    expect(totalOf(total)).toBe(1e16 + 1000);
  });

  test('are exact for whole numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { maxLength: 100 }), (increases) => {
        const total = { sum: 0, carry: 0 };
        for (const increase of increases) addTo(total, increase);
        expect(BigInt(totalOf(total))).toBe(increases.reduce((sum, n) => sum + BigInt(n), 0n));
      }),
    );
  });

  test('stay infinite or NaN, never half of it', () => {
    const total = { sum: 0, carry: 0 };
    for (const increase of [1, Number.POSITIVE_INFINITY, 5]) addTo(total, increase);
    expect(totalOf(total)).toBe(Number.POSITIVE_INFINITY);
    addTo(total, Number.NaN);
    expect(totalOf(total)).toBeNaN();
  });
});

describe('increaseOf', () => {
  test.each([
    [5, 8, 3],
    [0, 8, 8],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0],
    [Number.NaN, Number.NaN, 0],
  ] as const)('from %d to %d adds %d', (last, value, expected) => {
    expect(increaseOf(last, value)).toBe(expected);
  });
});

describe('buckets', () => {
  test('are taken apart', () => {
    expect([...bucketsOf(Float64Array.of(9, 1, 4, 4, 6, 7), 1, 4)]).toEqual([1, 3, 0, 2]);
  });

  test('unionOf is the sorted set of both', () => {
    const bounds = fc.uniqueArray(fc.integer({ min: -5, max: 20 })).map((values) => values.sort((a, b) => a - b));
    fc.assert(
      fc.property(bounds, bounds, (a, b) => {
        const union = unionOf(a, b);
        expect(union).toEqual([...new Set([...a, ...b])].sort((x, y) => x - y));
        if (union.length === a.length) expect(union).toBe(a);
      }),
    );
  });
});
