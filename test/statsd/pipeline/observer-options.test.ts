import { expect, test } from 'vitest';
import type { ObserverSettings } from '../../../src/statsd/mapping/mapping.ts';
import { observerOptions } from '../../../src/statsd/pipeline/observer-options.ts';
import { Scratch } from '../../../src/statsd/series/sketch.ts';
import { histogram } from '../hand-mapping.ts';

const scratch = new Scratch();
const of = (settings: ObserverSettings) => observerOptions(settings, scratch);
const quantiles = (...list: readonly (readonly [quantile: number, error: number])[]): ObserverSettings => ({
  ...{ type: 'summary', maxAge: 1000, ageBuckets: 2 },
  quantiles: list.map(([quantile, error]) => ({ quantile, error })),
});

test('quantiles come in order, each once: the last one says its error', () => {
  expect(of(quantiles([0.9, 0.01], [0.5, 0.05], [0.9, 0.02]))).toEqual({
    type: 'summary',
    quantiles: [0.5, 0.9],
    summary: {
      ...{ maxAge: 1000, ageBuckets: 2, scratch },
      objectives: [
        { quantile: 0.5, error: 0.05 },
        { quantile: 0.9, error: 0.02 },
      ],
    },
  });
});

test.each([0, -1, Number.NaN])('an error of %d would keep every observation', (error) => {
  expect(of(quantiles([0.5, error]))).toMatchObject({ summary: { objectives: [{ quantile: 0.5, error: 1e-5 }] } });
});

test.each([
  [
    { maxAge: -1, ageBuckets: 0 },
    { maxAge: 600_000, ageBuckets: 5 },
  ],
  [
    { maxAge: Number.NaN, ageBuckets: 4e9 },
    { maxAge: 600_000, ageBuckets: 100 },
  ],
])('a window of %j', (window, expected) => {
  expect(of({ type: 'summary', quantiles: [], ...window })).toMatchObject({ summary: expected });
});

test.each([
  [
    [1, 2, Number.POSITIVE_INFINITY],
    [1, 2],
  ],
  [[Number.POSITIVE_INFINITY], []],
  [
    [2, 1],
    [2, 1],
  ],
])('buckets %j', (buckets, bounds) => {
  expect(of(histogram(...buckets))).toEqual({ type: 'histogram', bounds });
});
