import { expect, test } from 'vitest';
import { randomSeed } from '../../../src/statsd/table/seed.ts';

test.each(['/dev/urandom', '/no/such/file', '/dev/null'])('a different 32-bit number each time: %s', async (source) => {
  const seeds = await Promise.all(Array.from({ length: 8 }, () => randomSeed(source)));
  expect(new Set(seeds).size).toBeGreaterThan(6);
  for (const seed of seeds) expect(seed | 0).toBe(seed);
});
