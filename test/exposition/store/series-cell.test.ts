import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketOf } from '../../../src/exposition/metric/bucket.ts';
import type { MetricType } from '../../../src/exposition/metric/family.ts';
import type { Series } from '../../../src/exposition/metric/metric-store.ts';
import { emptyStore, family, series } from '../fixture.ts';

function one(type: MetricType, options: { bounds?: number[]; quantiles?: number[] } = {}): Series {
  return series(family(emptyStore(), { name: 'x', type, ...options }));
}

describe('a counter', () => {
  test('never falls, whatever it is given', () => {
    const counter = one('counter');
    for (const n of [2, -1, Number.NaN, Number.POSITIVE_INFINITY, 0.5]) counter.add(n);
    expect(counter.read()).toEqual([2.5]);
    expect([counter.set(1), counter.set(Number.NaN), counter.set(2.5), counter.set(9)]).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(counter.read()).toEqual([9]);
  });
});

describe('a gauge', () => {
  test('takes any value, and adds any but NaN', () => {
    const gauge = one('gauge');
    gauge.add(-3);
    gauge.add(Number.NaN);
    expect(gauge.read()).toEqual([-3]);
    gauge.set(Number.NaN);
    expect(gauge.read()).toEqual([Number.NaN]);
  });
});

describe('a histogram', () => {
  test('counts a value into the bucket whose upper bound it does not pass', () => {
    const histogram = one('histogram', { bounds: [1, 2] });
    for (const v of [0.5, 1, 1.5, 2, 3, Number.POSITIVE_INFINITY]) histogram.observe(v, 1);
    histogram.observe(1, 10);
    expect(histogram.read()).toEqual([12, 2, 2, Number.POSITIVE_INFINITY]);
  });

  test('ignores a negative weight', () => {
    const histogram = one('histogram', { bounds: [1] });
    histogram.observe(1, -1);
    histogram.observe(1, Number.NaN);
    expect(histogram.read()).toEqual([0, 0, 0]);
  });

  test('takes whole buckets, but only as many as it has', () => {
    const histogram = one('histogram', { bounds: [1] });
    expect(histogram.setBuckets([1, 2, 3], 9)).toBe(false);
    expect(histogram.setBuckets([1, 2], 9)).toBe(true);
    expect(histogram.read()).toEqual([1, 2, 9]);
  });
});

describe('a summary', () => {
  test('counts and sums, its quantiles are set from outside and begin as NaN', () => {
    const summary = one('summary', { quantiles: [0.5, 0.9] });
    summary.observe(4, 2);
    summary.setQuantile(1, 4);
    summary.setQuantile(2, 4);
    expect(summary.read()).toEqual([2, 8, Number.NaN, 4]);
    summary.setCountAndSum(7, 70);
    expect(summary.read()).toEqual([7, 70, Number.NaN, 4]);
  });
});

describe('info, stateset and unknown', () => {
  test('hold 1; 0 or 1; and anything', () => {
    const info = one('info');
    expect(info.set(5)).toBe(false);
    expect(info.read()).toEqual([1]);
    const state = series(family(emptyStore(), { name: 'x', type: 'stateset' }), { x: 'up' });
    state.set(7);
    expect(state.read()).toEqual([1]);
    const unknown = one('unknown');
    unknown.add(-1);
    expect(unknown.read()).toEqual([-1]);
  });

  test('ignore what is for other types', () => {
    const info = one('info');
    info.add(1);
    info.observe(1, 1);
    info.setQuantile(0, 1);
    info.setCountAndSum(1, 1);
    expect(info.setBuckets([1], 1)).toBe(false);
    expect(info.read()).toEqual([1]);
  });
});

describe('bucketOf', () => {
  test('finds the same bucket with few bounds and many', () => {
    const bounds = fc
      .uniqueArray(fc.integer({ min: -50, max: 50 }), { maxLength: 40 })
      .map((all) => all.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(bounds, fc.oneof(fc.integer({ min: -60, max: 60 }), fc.double()), (all, value) => {
        const expected = all.findIndex((bound) => value <= bound);
        expect(bucketOf(all, value)).toBe(expected < 0 ? all.length : expected);
      }),
    );
  });
});
