import { expect, test } from 'vitest';
import { memoryLeft } from '../../src/memory/left.ts';

test('what the limit leaves beside what the process holds, without the files it maps', () => {
  const status = 'VmRSS:\t  150000 kB\nRssAnon:\t  100000 kB\nRssFile:\t   50000 kB\n';
  expect(memoryLeft(128 * 2 ** 20, () => status)).toBe(128 * 2 ** 20 - 102_400_000);
});

test('any number where there is no limit, or nobody says what is held', () => {
  const fails = () => {
    throw new Error('ENOENT');
  };
  for (const [limit, read] of [
    [0, () => ''],
    [undefined, () => ''],
    [1000, () => ''],
    [1000, fails],
  ] as const) {
    expect(memoryLeft(limit, read)).toBe(Number.POSITIVE_INFINITY);
  }
});
