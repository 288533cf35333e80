import { expect, test } from 'vitest';
import { scrapeDeadline } from '../../src/scrape/scrape-deadline.ts';

test.each([
  ['10', 9500],
  ['1', 800],
  ['0.1', 80],
  ['120', 59_500],
  ['Infinity', 59_500],
  [undefined, 9500],
  ['0', 9500],
  ['-3', 9500],
  ['soon', 9500],
])('a scrape timeout of %s s gives %d ms', (header, ms) => {
  expect(scrapeDeadline(header, 1_000_000) - 1_000_000).toBeCloseTo(ms, 6);
});
