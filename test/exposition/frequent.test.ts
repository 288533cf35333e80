import { expect, test } from 'vitest';
import { Frequent } from '../../src/exposition/frequent.ts';

const counts = (frequent: Frequent<string>, n = 10) => frequent.top(n).map(({ value, count }) => [value, count]);

test('counts exactly while there is a place for each', () => {
  const frequent = new Frequent<string>(3);
  for (const [key, times] of [
    ['a', 2],
    ['b', 5],
    ['a', 1],
    ['c', 1],
  ] as const)
    frequent.count(key, times, () => key);
  expect(counts(frequent)).toEqual([
    ['b', 5],
    ['a', 3],
    ['c', 1],
  ]);
  expect(counts(frequent, 1)).toEqual([['b', 5]]);
});

test('beyond that the least one makes room, and a count is never too low', () => {
  const frequent = new Frequent<string>(2);
  for (const key of ['a', 'a', 'a', 'b', 'c', 'd']) frequent.count(key, 1, () => key);
  expect(counts(frequent)).toEqual([
    ['a', 3],
    ['d', 3],
  ]);
});

test('the value is that of the key when it came', () => {
  const frequent = new Frequent<string>(2);
  frequent.count('a', 1, () => 'first');
  frequent.count('a', 1, () => 'second');
  expect(counts(frequent)).toEqual([['first', 2]]);
});

test('begins anew', () => {
  const frequent = new Frequent<string>(1);
  for (const key of ['a', 'b', 'c']) frequent.count(key, 1, () => key);
  frequent.clear();
  frequent.count('d', 1, () => 'd');
  expect(counts(frequent)).toEqual([['d', 1]]);
});
