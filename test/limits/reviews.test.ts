import { expect, test } from 'vitest';
import { described, search } from '../webhook/cost-search.ts';

/**
 * A minute of CPU: a large review takes ten times as long to make and to judge as a small one.
 * `node test/webhook/cost-search.ts 2000000` looks for as long as one wants.
 */
test.each([
  { reviews: 19_000, most: 64 * 1024 },
  { reviews: 1000, most: 3 * 2 ** 20 },
])(
  'no pod of $reviews reviews of up to $most bytes costs more than three times what parsing the densest review does, or stays',
  {
    timeout: 600_000,
  },
  ({ reviews, most }) => {
    const seed = Number(process.env['FC_SEED'] ?? Date.now() | 0);
    const { worst, stays, floor } = search(reviews, seed, { most });
    const found = `seed ${seed}: ${described(worst)}; the floor is ${floor.toFixed(2)} ms, ${stays} bytes stay`;
    console.log(found);
    expect(worst.milliseconds / floor, found).toBeLessThan(3);
    expect(stays, found).toBeLessThan(2 ** 20);
  },
);
