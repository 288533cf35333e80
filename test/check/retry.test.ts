import { expect, test } from 'vitest';
import { retry } from '../../src/check/retry.ts';

test('attempts go on until one is ok or the time is over; a wait of 0 is one attempt', async () => {
  const attempts = async (wait: number, okAfter: number) => {
    let [at, count] = [0, 0];
    const pauses: number[] = [];
    const outcome = await retry(
      async () => {
        at += 100;
        count += 1;
        return count;
      },
      (number) => number >= okAfter,
      {
        now: () => at,
        wait,
        pause: async (milliseconds) => {
          pauses.push(milliseconds);
          at += milliseconds;
        },
      },
    );
    return { outcome, pauses };
  };
  expect(await attempts(60_000, 3)).toEqual({ outcome: 3, pauses: [2000, 2000] });
  expect(await attempts(3000, 99)).toEqual({ outcome: 3, pauses: [2000, 800] });
  expect(await attempts(0, 99)).toEqual({ outcome: 1, pauses: [] });
});
