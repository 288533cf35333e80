import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRenderer } from '../../src/scrape/rendered.ts';
import { emptyStore, family, series } from '../exposition/fixture.ts';

function gaugeStore() {
  const store = emptyStore();
  const gauge = series(family(store, { name: 'x', type: 'gauge' }));
  return { gauge, render: createRenderer(store) };
}

describe('a rendered page', () => {
  it('is not written over while somebody reads it', () => {
    const { gauge, render } = gaugeStore();
    gauge.set(1);
    const first = render('text');
    const texts: string[] = [];
    for (const v of [2, 3, 4]) {
      gauge.set(v);
      const next = render('text');
      texts.push(next.bytes.toString());
      next.release();
    }
    expect(texts.map((text) => text.at(-2))).toEqual(['2', '3', '4']);
    expect(first.bytes.toString()).toBe('# TYPE x gauge\nx 1\n');
  });

  it('gives its buffer to a later page once nobody reads it', () => {
    const store = emptyStore();
    const gauge = family(store, { name: 'x', type: 'gauge' });
    for (let i = 0; i < 500; i++) series(gauge, { i: String(i) });
    const render = createRenderer(store);
    const buffers = new Set<ArrayBufferLike>();
    for (let v = 0; v < 10; v++) {
      series(gauge, { i: '0' }).set(v);
      const page = render('text');
      buffers.add(page.bytes.buffer);
      page.release();
      page.release();
    }
    expect(buffers.size).toBe(2);
  });

  it('is the same page, compressed once, while its bytes are the same', async () => {
    const { gauge, render } = gaugeStore();
    gauge.set(1);
    const [one, two] = [render('text'), render('text')];
    expect(two.bytes).toBe(one.bytes);
    const zipped = await one.gzip();
    expect(await two.gzip()).toBe(zipped);
    one.release();
    two.release();
    const again = render('text');
    expect(await again.gzip()).toBe(zipped);
    expect(gunzipSync(zipped).toString()).toBe('# TYPE x gauge\nx 1\n');
    gauge.set(2);
    expect(gunzipSync(await render('text').gzip()).toString()).toBe('# TYPE x gauge\nx 2\n');
  });

  it('is kept apart by format', () => {
    const { render } = gaugeStore();
    expect(render('openmetrics').bytes.toString()).toBe('# TYPE x gauge\nx 0\n# EOF\n');
    expect(render('text').bytes.toString()).toBe('# TYPE x gauge\nx 0\n');
  });
});
