import { backOff } from '../timing/back-off.ts';

/** The writes of one object within the last minutes. */
export interface RecentWrites {
  readonly count: number;
  /** When the last of them was; milliseconds since the epoch. */
  readonly last: number;
}

/**
 * Writes without a delay: a rotation writes the Secret twice and each configuration two or three times. When there are
 * more within `memory`, another writer undoes them.
 */
const undelayed = 6;
const delays = { first: 2_000, most: 5 * 60_000 };
/** Milliseconds without a write after which those before do not count. */
const memory = 10 * 60_000;

/** The writes after one more. */
export function afterWrite(writes: RecentWrites | undefined, now: number): RecentWrites {
  return { count: countOf(writes, now) + 1, last: now };
}

/** Milliseconds that the next write has to wait: none at first, then twice as long after each write. */
export function writeDelay(writes: RecentWrites | undefined, now: number): number {
  const delayed = countOf(writes, now) - undelayed;
  if (writes === undefined || delayed < 0) return 0;
  const delay = backOff(delays, delayed + 1);
  return Math.min(delay, Math.max(0, writes.last + delay - now));
}

/** Whether another writer undoes the writes. */
export function conflictsWithOtherWriter(writes: RecentWrites | undefined, now: number): boolean {
  return countOf(writes, now) > undelayed;
}

function countOf(writes: RecentWrites | undefined, now: number): number {
  return writes === undefined || now - writes.last > memory ? 0 : writes.count;
}
