import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textHash } from '../../../src/exposition/metric/label-hash.ts';
import { FrequentItems } from '../../../src/exposition/store/frequent-items.ts';

const counts = (frequent: FrequentItems<string>, n = 10) => frequent.top(n).map(({ value, count }) => [value, count]);

test('counts exactly while there is a place for each', () => {
  const frequent = new FrequentItems<string>(3);
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

test('beyond that the least one makes room: what is certain of a count, and what it is at most', () => {
  const frequent = new FrequentItems<string>(2);
  for (const key of ['a', 'a', 'a', 'b', 'c', 'd']) frequent.count(key, 1, () => key);
  expect(frequent.top(2)).toEqual([
    { value: 'a', count: 3, atMost: 3 },
    { value: 'd', count: 1, atMost: 3 },
  ]);
});

test('the truth lies between, whatever comes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 5 })), { maxLength: 200 }), (given) => {
      const frequent = new FrequentItems<number>(4);
      const truth = new Map<number, number>();
      for (const [key, times] of given) {
        frequent.count(`${key}`, times, () => key);
        truth.set(key, (truth.get(key) ?? 0) + times);
      }
      for (const { value, count, atMost } of frequent.top(4)) {
        expect(count).toBeGreaterThanOrEqual(1);
        expect(count).toBeLessThanOrEqual(truth.get(value)!);
        expect(atMost).toBeGreaterThanOrEqual(truth.get(value)!);
      }
    }),
  );
});

test('the value is that of the key when it came', () => {
  const frequent = new FrequentItems<string>(2);
  frequent.count('a', 1, () => 'first');
  frequent.count('a', 1, () => 'second');
  expect(counts(frequent)).toEqual([['first', 2]]);
});

test('begins anew', () => {
  const frequent = new FrequentItems<string>(1);
  for (const key of ['a', 'b', 'c']) frequent.count(key, 1, () => key);
  frequent.clear();
  frequent.count('d', 1, () => 'd');
  expect(counts(frequent)).toEqual([['d', 1]]);
});

test('the truth lies between where most of what is new passes without its key', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 2000, minLength: 500 }), (given) => {
      const frequent = new FrequentItems<number>(4);
      const truth = new Map<number, number>();
      let passed = 0;
      for (const key of given) {
        if (frequent.countHash(textHash(`${key}`))) passed++;
        else frequent.count(`${key}`, 1, () => key);
        truth.set(key, (truth.get(key) ?? 0) + 1);
      }
      if (truth.size > 10) expect(passed).toBeGreaterThan(0);
      for (const { value, count, atMost } of frequent.top(4)) {
        expect(count).toBeGreaterThanOrEqual(1);
        expect(count).toBeLessThanOrEqual(truth.get(value)!);
        expect(atMost).toBeGreaterThanOrEqual(truth.get(value)!);
      }
    }),
    { numRuns: 100 },
  );
});

test('what comes often is found among very many that come once', () => {
  const frequent = new FrequentItems<string>(16);
  const count = (key: string) => {
    if (!frequent.countHash(textHash(key))) frequent.count(key, 1, () => key);
  };
  for (let i = 0; i < 20_000; i++) {
    count(`new ${i}`);
    if (i % 10 === 0) count('often');
  }
  const [first] = frequent.top(1);
  expect(first!.value).toBe('often');
  expect(first!.count).toBeGreaterThan(1000);
  expect(first!.atMost).toBeGreaterThanOrEqual(2000);
});
