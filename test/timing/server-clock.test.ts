import { expect, test } from 'vitest';
import { createServerClock } from '../../src/timing/server-clock.ts';

const day = 24 * 3_600_000;

test.each<[string, number, RegExp | undefined]>([
  ['equal', 0, undefined],
  ['within a minute', -59_000, undefined],
  ['days ahead', 61 * day, /^the clock of this replica is 5270400 s ahead of the API server's$/],
  ['ten years behind', -3650 * day, /behind the API server's$/],
])('%s', (_, ahead, problem) => {
  const clock = createServerClock(() => 1_000_000_000_000);
  expect([clock.ahead(), clock.problem()]).toEqual([undefined, undefined]);
  clock.observe(Number.NaN);
  expect(clock.ahead()).toBeUndefined();
  clock.observe(1_000_000_000_000 - ahead);
  expect(clock.ahead()).toBe(ahead);
  if (problem === undefined) expect(clock.problem()).toBeUndefined();
  else expect(clock.problem()).toMatch(problem);
  expect(clock.now()).toBe(problem === undefined ? 1_000_000_000_000 : 1_000_000_000_000 - ahead);
});
