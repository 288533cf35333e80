import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstUserOf, isPlainUser } from '../../../src/inject/pod/uid-range.ts';

describe("the first user of a namespace's range", () => {
  test.each<[string, number | undefined]>([
    ['1000680000/10000', 1_000_680_000],
    ['1000-2000', 1000],
    ['1000/1', 1000],
    ['7-7', 7],
    ['0/10', 1],
    ['0-0', undefined],
    ['0/1', undefined],
    ['1000/0', undefined],
    ['2000-1000', undefined],
    ['2147483647/1', 2_147_483_647],
    ['2147483647/2', undefined],
    ['9999999999/1', undefined],
    ['1000', undefined],
    ['', undefined],
    ['1000/10000/1', undefined],
    ['-1/10', undefined],
    [' 1000/10', undefined],
    ['1000/10\n', undefined],
    ['1e3/10', undefined],
    ['９/10', undefined],
  ])('%j', (range, user) => {
    expect(firstUserOf(range)).toBe(user);
  });

  test('of no range there is none', () => {
    expect(firstUserOf(undefined)).toBeUndefined();
  });

  test('is in the range, and no root, whatever the text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(), fc.constantFrom('/', '-'), fc.nat()).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (range) => {
        const user = firstUserOf(range);
        if (user === undefined) return;
        const [start, end] = range.split(/[/-]/).map(Number) as [number, number];
        expect(isPlainUser(user)).toBe(true);
        expect(user).toBeGreaterThanOrEqual(start);
        expect(user).toBeLessThanOrEqual(range.includes('/') ? start + end - 1 : end);
      }),
    );
  });
});

test.each([0, -1, 1.5, 2 ** 31, Number.NaN, '1000', null, undefined, true])('%j is no user to run as', (value) => {
  expect(isPlainUser(value)).toBe(false);
});
