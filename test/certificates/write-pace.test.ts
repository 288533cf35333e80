import { expect, test } from 'vitest';
import { type Pace, paceDelay, paced, quarrels } from '../../src/certificates/write-pace.ts';

const minute = 60_000;

/** When each of `count` writes happens if each is wanted as soon as it may be. */
function times(count: number): number[] {
  let now = 0;
  let pace: Pace | undefined;
  return Array.from({ length: count }, () => {
    now += paceDelay(pace, now);
    pace = paced(pace, now);
    return now;
  });
}

test('six times freely, then twice as slowly each time, and no slower than every five minutes', () => {
  expect(times(10).map((at) => at / 1000)).toEqual([0, 0, 0, 0, 0, 0, 2, 6, 14, 30]);
  const many = times(40);
  expect(many[39]! - many[38]!).toBe(5 * minute);
});

test('a quarrel is one from the seventh on, and forgotten after ten minutes', () => {
  let pace: Pace | undefined;
  for (let count = 0; count < 6; count += 1) pace = paced(pace, 0);
  expect(quarrels(pace, 0)).toBe(false);
  pace = paced(pace, 0);
  expect(quarrels(pace, 10 * minute)).toBe(true);
  expect(quarrels(pace, 10 * minute + 1)).toBe(false);
  expect(paced(pace, 11 * minute)).toEqual({ count: 1, last: 11 * minute });
});

test('a clock that was set back does not make it wait longer', () => {
  let pace: Pace | undefined;
  for (let count = 0; count < 6; count += 1) pace = paced(pace, 60 * minute);
  expect(paceDelay(pace, 0)).toBe(2000);
});
