import { expect, test } from 'vitest';
import { createGarbageWatch } from '../../src/memory/collect-garbage.ts';

test('garbage is collected once large bodies have made enough of it; small bodies make none', () => {
  let collected = 0;
  const watch = createGarbageWatch(2_000_000, () => collected++);
  for (let i = 0; i < 1000; i++) watch(1000);
  expect(collected).toBe(0);
  watch(100_000);
  expect(collected).toBe(0);
  watch(100_000);
  expect(collected).toBe(1);
  watch(100_000);
  expect(collected).toBe(1);
});
