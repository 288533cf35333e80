import { expect, test } from 'vitest';
import { createConcurrencyLimit } from '../../src/net/concurrency-limit.ts';

test('tasks run some at a time, in their order, also where one fails', async () => {
  const turns = createConcurrencyLimit(2);
  const began: number[] = [];
  const ends: (() => void)[] = [];
  const results = [0, 1, 2, 3].map((i) =>
    turns(async () => {
      began.push(i);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (i === 0) throw new Error('no');
      return i;
    }).catch((error: Error) => error.message),
  );
  expect(began).toEqual([0, 1]);
  ends[0]!();
  expect(await results[0]).toBe('no');
  expect(began).toEqual([0, 1, 2]);
  for (const end of ends) end();
  expect(await results[1]).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(began).toEqual([0, 1, 2, 3]);
  for (const end of ends) end();
  expect(await Promise.all(results)).toEqual(['no', 1, 2, 3]);
});
