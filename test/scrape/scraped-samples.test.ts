import { expect, test, vi } from 'vitest';
import { createScrapedSamples } from '../../src/scrape/scraped-samples.ts';

function counted() {
  const came = { samples: 0 };
  return { came, seen: createScrapedSamples(() => came.samples) };
}

test('a sample is seen when the page that had it was sent whole', () => {
  const { came, seen } = counted();
  came.samples = 3;
  const first = seen.begin();
  came.samples = 5;
  expect([seen.pages(), seen.unscraped()]).toEqual([0, 5]);
  first();
  expect([seen.pages(), seen.unscraped()]).toEqual([1, 2]);
  seen.begin();
  expect(seen.unscraped()).toBe(2);
});

test('pages that end in another order than they began take nothing back', () => {
  const { came, seen } = counted();
  came.samples = 1;
  const early = seen.begin();
  came.samples = 4;
  seen.begin()();
  early();
  expect(seen.unscraped()).toBe(0);
});

test('next: a page that began before does not count', async () => {
  const { seen } = counted();
  const before = seen.begin();
  const next = seen.next(60_000);
  before();
  const settled = vi.fn();
  void next.then(settled);
  await Promise.resolve();
  expect(settled).not.toHaveBeenCalled();
  seen.begin()();
  expect(await next).toBe(true);
});

test('next: no page in time', async () => {
  expect(await counted().seen.next(1)).toBe(false);
});
