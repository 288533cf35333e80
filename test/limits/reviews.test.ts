import { expect, test } from 'vitest';
import { described, search } from '../webhook/cost-search.ts';

/** A minute of CPU; `node test/webhook/cost-search.ts 2000000` looks for as long as one wants. */
const reviews = 4000;

test('a search finds no pod that costs more than three times what parsing the densest review does, or that stays', {
  timeout: 600_000,
}, () => {
  const seed = Number(process.env['FC_SEED'] ?? Date.now() | 0);
  const { worst, stays, floor } = search(reviews, seed);
  const found = `seed ${seed}: ${described(worst)}; the floor is ${floor.toFixed(2)} ms, ${stays} bytes stay`;
  console.log(found);
  expect(worst.milliseconds / floor, found).toBeLessThan(3);
  expect(stays, found).toBeLessThan(2 ** 20);
});
