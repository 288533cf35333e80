import { expect, test } from 'vitest';
import {
  afterWrite,
  conflictsWithOtherWriter,
  type RecentWrites,
  writeDelay,
} from '../../src/certificates/write-pace.ts';

const minute = 60_000;

/** When each of `count` writes happens if each is wanted as soon as it may be. */
function times(count: number): number[] {
  let now = 0;
  let writes: RecentWrites | undefined;
  return Array.from({ length: count }, () => {
    now += writeDelay(writes, now);
    writes = afterWrite(writes, now);
    return now;
  });
}

test('six writes without a delay, then twice as long a delay each time, five minutes at most', () => {
  expect(times(10).map((at) => at / 1000)).toEqual([0, 0, 0, 0, 0, 0, 2, 6, 14, 30]);
  const many = times(40);
  expect(many[39]! - many[38]!).toBe(5 * minute);
});

test('the seventh write within ten minutes is a conflict with another writer', () => {
  let writes: RecentWrites | undefined;
  for (let count = 0; count < 6; count += 1) writes = afterWrite(writes, 0);
  expect(conflictsWithOtherWriter(writes, 0)).toBe(false);
  writes = afterWrite(writes, 0);
  expect(conflictsWithOtherWriter(writes, 10 * minute)).toBe(true);
  expect(conflictsWithOtherWriter(writes, 10 * minute + 1)).toBe(false);
  expect(afterWrite(writes, 11 * minute)).toEqual({ count: 1, last: 11 * minute });
});

test('a clock that was set back does not make it wait longer', () => {
  let writes: RecentWrites | undefined;
  for (let count = 0; count < 6; count += 1) writes = afterWrite(writes, 60 * minute);
  expect(writeDelay(writes, 0)).toBe(2000);
});
