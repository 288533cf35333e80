import { expect, test } from 'vitest';
import { Sightings } from '../../../src/statsd/table/sightings.ts';

/** The same hashes in every run. */
function hashes(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(i, 0x85ebca6b << 7));
}

test('what came lately is known, what is new is not', () => {
  const sightings = new Sightings(65_536);
  const known = hashes(1000).filter((hash) => sightings.isSecond(hash));
  expect(known.length).toBeLessThan(5);
  expect(hashes(1000).filter((hash) => sightings.isSecond(hash)).length).toBeGreaterThan(980);
});

test('two that share a place both become known, whoever takes turns', () => {
  const sightings = new Sightings(16);
  const shared = [0x10000, 0x50000, 0x90000];
  const seen = new Set<number>();
  for (let round = 0; round < 100 && seen.size < 3; round++) {
    // The line table remembers known lines, and does not ask again.
    for (const hash of shared) if (!seen.has(hash) && sightings.isSecond(hash)) seen.add(hash);
  }
  expect(seen.size).toBe(3);
});
