import fc from 'fast-check';
import { expect, test } from 'vitest';
import { objectivesFor } from '../../../src/statsd/series/objective.ts';
import { Scratch } from '../../../src/statsd/series/sketch.ts';
import { SummaryWindow } from '../../../src/statsd/series/summary.ts';

const quantiles = [0.5, 0.9, 0.99];
const minuteMs = 60_000;
const options = { objectives: objectivesFor(quantiles), maxAge: 10 * minuteMs, ageBuckets: 5, scratch: new Scratch() };

test("the objectives are statsd_exporter's", () => {
  expect(objectivesFor(quantiles)).toEqual([
    { quantile: 0.5, error: 0.05 },
    { quantile: 0.9, error: 0.01 },
    { quantile: 0.99, error: 0.001 },
  ]);
});

test('nothing observed is not a number', () => {
  const window = new SummaryWindow(options, 0);
  expect(window.quantiles(0)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  expect(window.quantiles(0)).toBeUndefined();
});

test('observations count for the last eight to ten minutes', () => {
  const window = new SummaryWindow(options, 0);
  window.observe(1, 1, 0);
  window.observe(5, 1, 3 * minuteMs);
  expect(window.quantiles(9 * minuteMs)).toEqual([1, 5, 5]);
  expect(window.quantiles(10 * minuteMs)).toEqual([5, 5, 5]);
  expect(window.quantiles(12 * minuteMs - 1)).toBeUndefined();
  expect(window.quantiles(12 * minuteMs)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  window.observe(7, 1, 60 * minuteMs);
  expect(window.quantiles(60 * minuteMs)).toEqual([7, 7, 7]);
});

/**
 * The quantile's rank in the weighted values is within the error of the objective; half of a weight more at its edges.
 */
function expectWithin(observed: readonly (readonly [number, number])[], got: readonly number[]) {
  const sorted = observed.toSorted((a, b) => a[0] - b[0]);
  const total = sorted.reduce((sum, [, weight]) => sum + weight, 0);
  objectivesFor(quantiles).forEach(({ quantile, error }, i) => {
    const below = sorted.reduce((sum, [value, weight]) => sum + (value < got[i]! ? weight : 0), 0);
    const upTo = sorted.reduce((sum, [value, weight]) => sum + (value <= got[i]! ? weight : 0), 0);
    expect(upTo).toBeGreaterThanOrEqual((quantile - error) * total - 1);
    expect(below).toBeLessThanOrEqual((quantile + error) * total + 1);
  });
}

const values = fc.constantFrom<(i: number, random: () => number) => number>(
  (_, random) => random(),
  (i) => i,
  (i) => -i,
  (i) => Math.sin(i),
  (_, random) => Math.floor(random() * 5),
  (_, random) => random() ** -2,
);
const weights = fc.constantFrom<(i: number, random: () => number) => number>(
  () => 1,
  () => 10,
  (_, random) => (random() < 0.01 ? 1000 : 1),
  (i) => (i === 700 ? 1e9 : 1),
  (_, random) => Math.ceil(random() * 100),
);

test.each([
  ['as much memory as they want', Number.POSITIVE_INFINITY],
  ['less memory than they want', 0],
])('with %s the quantiles of many observations, weighted or not, are within the stated error', (_, bytes) => {
  fc.assert(
    fc.property(
      values,
      weights,
      fc.integer({ min: 1, max: 6000 }),
      fc.integer({ min: 1 }),
      (value, weight, size, start) => {
        let seed = start % 2_147_483_647 || 1;
        const random = () => {
          seed = (seed * 48_271) % 2_147_483_647;
          return seed / 2_147_483_647;
        };
        const observed = Array.from({ length: size }, (_, i) => [value(i, random), weight(i, random)] as const);
        const window = new SummaryWindow({ ...options, scratch: new Scratch(bytes) }, 0);
        for (const [value, weight] of observed) window.observe(value, weight, 0);
        expectWithin(observed, window.quantiles(0)!);
      },
    ),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 60) },
  );
});

test('they are so while the window slides', () => {
  const window = new SummaryWindow(options, 0);
  const observed: (readonly [number, number])[][] = [];
  for (let interval = 0; interval < 12; interval++) {
    const now: (readonly [number, number])[] = [];
    // Each interval has greater values than the one before, so that dropping old ones matters.
    for (let i = 0; i < 700; i++) now.push([interval * 1000 + ((i * 7919) % 700), 1]);
    observed.push(now);
    for (const [value, weight] of now) window.observe(value, weight, interval * 2 * minuteMs);
    expectWithin(observed.slice(-5).flat(), window.quantiles(interval * 2 * minuteMs)!);
  }
});

test.each([[[0, 1]], [[0, 0.5, 1]], [[0]]])(
  'the quantiles 0 and 1 are the least and the greatest value: %j',
  (asked) => {
    const objectives = asked.map((quantile) => ({ quantile, error: 0.01 }));
    const window = new SummaryWindow({ ...options, objectives }, 0);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 600, maxLength: 3000 }), (observed) => {
        const fresh = new SummaryWindow({ ...options, objectives }, 0);
        for (const value of observed) fresh.observe(value, 1, 0);
        const got = fresh.quantiles(0)!;
        if (asked.includes(0)) expect(got[0]).toBe(Math.min(...observed));
        if (asked.includes(1)) expect(got.at(-1)).toBe(Math.max(...observed));
      }),
      { numRuns: 20 },
    );
    expect(window.quantiles(0)).toEqual(asked.map(() => Number.NaN));
  },
);

test('a thousand windows that are fed for an hour take twice the memory that they may at most, and none when they are gone', () => {
  const most = 2_000_000;
  const scratch = new Scratch(most);
  const windows = Array.from({ length: 1000 }, () => new SummaryWindow({ ...options, scratch }, 0));
  let held = 0;
  for (let minute = 0; minute < 60; minute++) {
    windows.forEach((window, i) => {
      for (let n = 0; n < 30; n++)
        window.observe((i * 7919 + n * 104_729 + minute * 31) % 10_007, 1, minute * minuteMs);
      held = Math.max(held, scratch.bytes);
    });
  }
  expect(scratch.shortened).toBeGreaterThan(0);
  // Without the bound they take 18,512,000.
  expect(held).toBeLessThan(most * 2);
  for (const window of windows) window.release();
  expect(scratch.bytes).toBe(0);
});

test('in short memory observations count for the last five to ten minutes', () => {
  const window = new SummaryWindow({ ...options, scratch: new Scratch(0) }, 0);
  const shown: number[] = [];
  for (let minute = 0; minute < 40; minute++) {
    for (let i = 0; i < 50; i++) window.observe(minute, 1, minute * minuteMs);
    const [median] = window.quantiles(minute * minuteMs)!;
    shown.push(minute - median!);
  }
  // The median of a window of five to ten minutes lies two and a half to five minutes back; with one sketch, less.
  for (const back of shown.slice(10)) expect(back).toBeLessThanOrEqual(5);
  expect(Math.max(...shown.slice(10))).toBeGreaterThanOrEqual(2);
});
