import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRestingQueue } from '../../../src/statsd/playground/resting-queue.ts';
import { deferred } from '../../scrape/fixture.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const options = { most: 3, rest: 2, longestRest: 1000, now: () => Date.now() };
/** Work of this many milliseconds, which records its beginning. */
const work = (milliseconds: number, begun: number[]) => async () => {
  begun.push(Date.now() - start);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return milliseconds;
};
let start = 0;
beforeEach(() => {
  start = Date.now();
});

test('runs one after the other, and rests after each for as long as is due', async () => {
  const turns = createRestingQueue(options);
  const begun: number[] = [];
  const all = Promise.all([10, 2000, 5].map((milliseconds) => turns.take(work(milliseconds, begun))));
  await vi.runAllTimersAsync();
  expect(await all).toEqual([10, 2000, 5]);
  // 10 ms with a rest of twice as much; 2000 ms with the longest rest.
  expect(begun).toEqual([0, 30, 3030]);
});

test('starts nothing where too many wait', async () => {
  const turns = createRestingQueue(options);
  const gate = deferred();
  const waiting = [1, 2, 3].map(() => turns.take(() => gate.promise));
  expect(turns.take(work(1, []))).toBeUndefined();
  gate.resolve();
  await vi.runAllTimersAsync();
  await Promise.all(waiting);
  const begun: number[] = [];
  const next = turns.take(work(1, begun));
  await vi.runAllTimersAsync();
  expect(await next).toBe(1);
});

test('goes on after work that failed', async () => {
  const turns = createRestingQueue(options);
  const failing = turns.take(async () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  const next = turns.take(work(1, []));
  await vi.runAllTimersAsync();
  expect(await next).toBe(1);
});
