import { expect, test } from 'vitest';
import { Refusals } from '../../../src/exposition/store/refusal-counts.ts';

test('finds the names refused most among more names than it keeps', () => {
  const refusals = new Refusals();
  for (let i = 0; i < 5000; i++) {
    refusals.count(`rare_${i}`, 'bad_name');
    if (i % 2 === 0) refusals.count('often', 'series_limit');
    if (i % 5 === 0) refusals.count('sometimes', 'series_limit');
  }
  expect(refusals.top(2).map(({ name }) => name)).toEqual(['often', 'sometimes']);
  expect(refusals.top(10_000).length).toBeLessThanOrEqual(256);
  expect(refusals.byReason).toEqual(
    new Map([
      ['bad_name', 5000],
      ['series_limit', 3500],
    ]),
  );
});

test('keeps a long name short', () => {
  const refusals = new Refusals();
  refusals.count('x'.repeat(1e6), 'bad_name');
  expect(refusals.top(1)[0]?.name).toHaveLength(121);
});
