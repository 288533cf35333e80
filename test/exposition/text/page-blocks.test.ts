import { describe, expect, test } from 'vitest';
import type { PageBlock } from '../../../src/exposition/metric/metric-store.ts';
import { emptyStore, family, pageLimits, series } from '../fixture.ts';
import { parsePage } from '../parsed-page.ts';

const large = { series: 100_000, seriesPerFamily: 100_000 };
const long = 'x'.repeat(40);

function revisions(blocks: readonly PageBlock[]): readonly number[] {
  return blocks.map(({ revision }) => revision);
}

function text(blocks: readonly PageBlock[]): string {
  return blocks.map((block) => block.render().toString()).join('');
}

describe('the blocks of a page', () => {
  test('hold many small families together and divide a large one', () => {
    const store = emptyStore(large);
    for (let i = 0; i < 100; i++) series(family(store, { name: `small_${i}`, type: 'gauge' }));
    expect(store.cachedPage('text').take()).toHaveLength(1);
    const big = family(store, { name: 'big', type: 'counter' });
    for (let i = 0; i < 10_000; i++) series(big, { i: `${long}${i}` });
    const blocks = store.cachedPage('text').take();
    expect(blocks.length).toBeGreaterThan(3);
    expect(text(blocks)).toBe(store.render('text').toString());
    const sizes = blocks.map((block) => block.render().length);
    expect(Math.max(...sizes)).toBeLessThan(160 * 1024);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(100 * 1024);
  });

  test.each(['counter', 'histogram', 'summary'] as const)(
    'change where a number of a %s changed, and only there',
    (type) => {
      const store = emptyStore(large);
      const of = family(store, { name: 'x_total', type, bounds: [1, 2], quantiles: [0.5] });
      const all = Array.from({ length: 8000 }, (_, i) => series(of, { i: `${long}${i}` }));
      const page = store.cachedPage('openmetrics');
      const before = revisions(page.take());
      expect(before.length).toBeGreaterThan(3);
      expect(revisions(page.take())).toEqual(before);
      const one = all.at(-1)!;
      if (type === 'counter') one.add(1);
      else one.observe(1.5, 1);
      const after = revisions(page.take());
      expect(after.filter((revision, i) => revision !== before[i])).toHaveLength(1);
      expect(text(page.take())).toBe(store.render('openmetrics').toString());
    },
  );

  test('tell 0 from -0, and take NaN for the same as NaN', () => {
    const store = emptyStore();
    const gauge = series(family(store, { name: 'x', type: 'gauge' }));
    const page = store.cachedPage('text');
    const seen = [0, -0, Number.NaN, Number.NaN, 1].map((value) => {
      gauge.set(value);
      return page.take()[0]!.revision;
    });
    expect(seen).toEqual([1, 2, 3, 3, 4]);
  });

  test('stay where a family came or went elsewhere on the page', () => {
    const store = emptyStore(large);
    const big = family(store, { name: 'big', type: 'counter' });
    for (let i = 0; i < 10_000; i++) series(big, { i: `${long}${i}` });
    const page = store.cachedPage('text');
    const before = page.take();
    series(family(store, { name: 'zzz', type: 'gauge' }));
    const after = page.take();
    expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    expect(after.slice(0, before.length - 1).every((block, i) => block === before[i])).toBe(true);
    expect(text(after)).toBe(store.render('text').toString());
  });

  test('follow a page of another program', () => {
    const store = emptyStore();
    series(family(store, { name: 'x', type: 'gauge' }));
    const page = store.cachedPage('text');
    page.take();
    for (const value of [1, 2]) {
      store.foreign('app', parsePage(`# TYPE y gauge\ny ${value}\n`, 'text', pageLimits).families);
      expect(text(page.take())).toBe(`# TYPE x gauge\nx 0\n# TYPE y gauge\ny ${value}\n`);
    }
    store.foreign('app', null);
    expect(text(page.take())).toBe('# TYPE x gauge\nx 0\n');
  });
});
