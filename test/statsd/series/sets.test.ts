import { expect, test } from 'vitest';
import { Sets } from '../../../src/statsd/series/sets.ts';

/** Sets with windows of ten seconds; `at` is in seconds. */
function sets() {
  const made = new Sets(10_000);
  const values = new Float64Array(4);
  return {
    made,
    add: (at: number, ...members: string[]) => {
      for (const member of members) made.add(1, member, at * 1000);
    },
    value: (at: number) => {
      made.collect(values, at * 1000);
      return values[1];
    },
  };
}

test('the first window shows what it has so far', () => {
  const { add, value } = sets();
  add(103, 'a', 'b', 'a');
  expect(value(104)).toBe(2);
  add(105, 'c');
  expect(value(106)).toBe(3);
});

test('then the last whole window is shown', () => {
  const { add, value } = sets();
  add(103, 'a', 'b');
  add(111, 'a');
  expect(value(112)).toBe(2);
  expect(value(119)).toBe(2);
  expect(value(121)).toBe(1);
});

test('a window without values is 0, one or several', () => {
  const { add, value } = sets();
  add(103, 'a', 'b');
  expect(value(110)).toBe(2);
  expect(value(120)).toBe(0);
  add(135, 'a');
  expect(value(136)).toBe(0);
  expect(value(140)).toBe(1);
  expect(value(1000)).toBe(0);
});

test('values after windows without any begin their own', () => {
  const { add, value } = sets();
  add(103, 'a', 'b');
  add(155, 'c');
  expect(value(156)).toBe(0);
  expect(value(161)).toBe(1);
});

test('a clock that is set back loses nothing', () => {
  const { add, value } = sets();
  add(123, 'a');
  add(105, 'b');
  expect(value(106)).toBe(2);
  expect(value(110)).toBe(2);
});

test('what is forgotten begins anew', () => {
  const { made, add, value } = sets();
  add(103, 'a', 'b');
  made.forget(1);
  expect(made.size).toBe(0);
  add(104, 'c');
  expect(value(105)).toBe(1);
});
