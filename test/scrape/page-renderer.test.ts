import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MetricStore, PageBlock } from '../../src/exposition/metric/metric-store.ts';
import { createRenderer, type RenderedPage } from '../../src/scrape/page-renderer.ts';
import { apply, step } from '../exposition/arbitrary.ts';
import { emptyStore, family, series } from '../exposition/fixture.ts';

const large = { series: 100_000, seriesPerFamily: 100_000 };

function gaugeStore() {
  const store = emptyStore();
  const gauge = series(family(store, { name: 'x', type: 'gauge' }));
  return { gauge, store, render: createRenderer(store) };
}

/** A store whose page is of several blocks. */
function largeStore() {
  const store = emptyStore(large);
  const gauge = family(store, { name: 'x', type: 'gauge' });
  const all = Array.from({ length: 20_000 }, (_, i) => series(gauge, { i: `${'long'.repeat(10)}${i}` }));
  return { store, gauge, all };
}

/** The store, and how many blocks were written since this was asked last. */
function counted(store: MetricStore) {
  let written = 0;
  const counting: MetricStore = Object.assign(Object.create(store), {
    cachedPage(format: 'text') {
      const page = store.cachedPage(format);
      const wrap = new Map<PageBlock, PageBlock>();
      return {
        take: () =>
          page.take().map((block) => {
            const wrapped = wrap.get(block) ?? {
              get revision() {
                return block.revision;
              },
              render(reuse?: Buffer) {
                written++;
                return block.render(reuse);
              },
            };
            wrap.set(block, wrapped);
            return wrapped;
          }),
      };
    },
  });
  const since = () => {
    const count = written;
    written = 0;
    return count;
  };
  return { counting, written: since };
}

function textOf({ pieces }: RenderedPage): string {
  return Buffer.concat(pieces).toString();
}

describe('a rendered page', () => {
  test('is not written over while somebody reads it', async () => {
    const { gauge, render } = gaugeStore();
    gauge.set(1);
    const first = await render('text', 'identity');
    const texts: string[] = [];
    for (const v of [2, 3, 4]) {
      gauge.set(v);
      const next = await render('text', 'identity');
      texts.push(textOf(next));
      next.release();
    }
    expect(texts.map((text) => text.at(-2))).toEqual(['2', '3', '4']);
    expect(textOf(first)).toBe('# TYPE x gauge\nx 1\n');
  });

  test('takes its memory once: a page is written over the one before when nobody reads that', async () => {
    const { store, gauge, all } = largeStore();
    const render = createRenderer(store);
    const buffers = new Set<ArrayBufferLike>();
    let pieces = 0;
    for (let v = 0; v < 5; v++) {
      for (const one of all) one.set(v);
      const page = await render('text', 'identity');
      pieces = page.pieces.length;
      for (const piece of page.pieces) buffers.add(piece.buffer);
      page.release();
      page.release();
    }
    expect(pieces).toBeGreaterThan(3);
    expect(buffers.size).toBe(pieces);
    // A series more, and the blocks are others: their memory is the same.
    series(gauge, { i: '0' });
    const page = await render('text', 'identity');
    expect(page.pieces.filter((piece) => !buffers.has(piece.buffer)).length).toBeLessThan(3);
    page.release();
  });

  test('is written anew only where its numbers are others, in either encoding', async () => {
    const { store, all } = largeStore();
    const { counting, written } = counted(store);
    const render = createRenderer(counting);
    for (const encoding of ['identity', 'gzip'] as const) {
      const page = await render('text', encoding);
      page.release();
      const blocks = page.pieces.length - (encoding === 'gzip' ? 2 : 0);
      expect(written()).toBe(blocks);
      (await render('text', encoding)).release();
      expect(written()).toBe(0);
      all[7]!.add(1);
      (await render('text', encoding)).release();
      expect(written()).toBe(1);
    }
  });

  test('has the numbers of one moment, however many turns it takes', async () => {
    const { store, all } = largeStore();
    const render = createRenderer(store);
    for (const encoding of ['identity', 'gzip'] as const) {
      for (const one of all) one.set(1);
      const pending = render('text', encoding);
      let turns = 0;
      const change = setInterval(() => {
        turns++;
        for (const one of all) one.set(2);
      }, 0);
      const immediate = () => {
        turns++;
        for (const one of all) one.set(2);
      };
      setImmediate(immediate);
      const page = await pending;
      clearInterval(change);
      expect(turns).toBeGreaterThan(0);
      const body = Buffer.concat(page.pieces);
      const text = (encoding === 'gzip' ? gunzipSync(body) : body).toString();
      expect(text.split('\n').filter((line) => line.endsWith(' 2'))).toEqual([]);
      page.release();
    }
  });

  test('is what the store writes at once, after any coming and going, in both encodings', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 4 }), async (rounds) => {
        const store = emptyStore();
        const render = createRenderer(store);
        for (const steps of rounds) {
          for (const one of steps) apply(store, one);
          for (const format of ['text', 'openmetrics'] as const) {
            const whole = store.render(format).toString();
            const plain = await render(format, 'identity');
            expect(textOf(plain)).toBe(whole);
            plain.release();
            const zipped = await render(format, 'gzip');
            expect(gunzipSync(Buffer.concat(zipped.pieces)).toString()).toBe(whole);
            expect(zipped.size).toBe(Buffer.byteLength(whole));
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('is kept apart by format', async () => {
    const { render } = gaugeStore();
    expect(textOf(await render('openmetrics', 'identity'))).toBe('# TYPE x gauge\nx 0\n# EOF\n');
    expect(textOf(await render('text', 'identity'))).toBe('# TYPE x gauge\nx 0\n');
  });

  test('is forgotten when only others are asked for', async () => {
    const { store } = gaugeStore();
    const { counting, written } = counted(store);
    const render = createRenderer(counting);
    await render('text', 'identity');
    for (let i = 0; i < 16; i++) await render('openmetrics', 'gzip');
    expect(written()).toBe(2);
    await render('text', 'identity');
    expect(written()).toBe(0);
    for (let i = 0; i < 17; i++) await render('openmetrics', 'gzip');
    await render('text', 'identity');
    expect(written()).toBe(1);
  });

  test('comes after a page that could not be made', async () => {
    const { store } = gaugeStore();
    let faults = 1;
    const faulty: MetricStore = Object.assign(Object.create(store), {
      cachedPage(format: 'text') {
        if (faults-- > 0) throw new Error('a bug');
        return store.cachedPage(format);
      },
    });
    const render = createRenderer(faulty);
    await expect(render('text', 'identity')).rejects.toThrow('a bug');
    expect(textOf(await render('text', 'identity'))).toContain('x 0');
  });
});

test('keeps of pages from scrape to scrape what there is memory for, the last ones first', async () => {
  const { store } = largeStore();
  const { counting, written } = counted(store);
  const size = (await createRenderer(store)('text', 'identity')).size;
  const render = createRenderer(counting, size * 1.5);
  const page = async (format: 'text' | 'openmetrics') => {
    (await render(format, 'identity')).release();
    return written();
  };
  expect(await page('text')).toBeGreaterThan(1);
  expect(await page('text')).toBe(0);
  expect(await page('openmetrics')).toBeGreaterThan(1);
  expect(await page('openmetrics')).toBe(0);
  expect(await page('text')).toBeGreaterThan(1);
});
