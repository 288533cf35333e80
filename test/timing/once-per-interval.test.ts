import { expect, test } from 'vitest';
import { oncePerInterval } from '../../src/timing/once-per-interval.ts';

test('each key at once, then once in the time; a clock that is set back silences nothing', () => {
  let time = 1000;
  const may = oncePerInterval<string>(() => time, 60);
  expect([may('a'), may('a'), may('b')]).toEqual([true, false, true]);
  time += 59;
  expect(may('a')).toBe(false);
  time += 1;
  expect([may('a'), may('a')]).toEqual([true, false]);
  time -= 500;
  expect([may('a'), may('a')]).toEqual([true, false]);
});
