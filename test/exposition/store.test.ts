import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { FamilySpec } from '../../src/exposition/metric/family.ts';
import { emptyStore, family, good, openMetrics, pageLimits, series, text } from './fixture.ts';
import { parsePage } from './parsed-page.ts';

// The families and series behind the store: src/exposition/store/registry.ts and src/exposition/store/family-record.ts.
const spec = (name: string, type: FamilySpec['type'], owner = 'test'): FamilySpec => ({ name, type, owner, help: '' });

describe('family', () => {
  test('is the same for the same name, type and owner; the first help wins', () => {
    const store = emptyStore();
    const first = good(store.family({ ...spec('x', 'gauge'), help: 'first' }));
    expect(good(store.family({ ...spec('x', 'gauge'), help: 'second' }))).toBe(first);
    series(first).set(1);
    expect(first.spec.help).toBe('first');
    expect(text(store)).toBe('# HELP x first\n# TYPE x gauge\nx 1\n');
  });

  test.each<[FamilySpec, FamilySpec, string]>([
    [spec('x', 'gauge'), spec('x', 'counter'), 'type_conflict'],
    [spec('x', 'gauge', 'statsd/own'), spec('x', 'gauge', 'statsd'), 'owner_conflict'],
    [spec('x', 'histogram'), spec('x_count', 'counter'), 'suffix_conflict'],
    [spec('x_bucket', 'gauge'), spec('x', 'histogram'), 'suffix_conflict'],
    [spec('x', 'summary'), spec('x_created', 'gauge'), 'suffix_conflict'],
    [spec('x', 'summary'), spec('x_sum', 'summary'), 'suffix_conflict'],
  ])('%j keeps out %j', (first, second, reason) => {
    const store = emptyStore();
    good(store.family(first));
    expect(store.family(second)).toMatchObject({ ok: false, reason });
    expect(store.refused().get(reason as 'type_conflict')).toBe(1);
    expect(store.topRefused(5)).toEqual([{ name: second.name, reason, count: 1, atMost: 1 }]);
  });

  test.each<[FamilySpec, string]>([
    [spec('a.b', 'gauge'), 'bad_name'],
    [spec('a'.repeat(300), 'gauge'), 'bad_name'],
    [{ ...spec('h', 'histogram'), bounds: [1, 1] }, 'bad_bounds'],
    [{ ...spec('h', 'histogram'), bounds: [1, Number.POSITIVE_INFINITY] }, 'bad_bounds'],
    [{ ...spec('h', 'histogram'), bounds: [Number.NaN] }, 'bad_bounds'],
    [{ ...spec('s', 'summary'), quantiles: [0.5, 1.5] }, 'bad_quantiles'],
    [{ ...spec('s', 'summary'), quantiles: [0.9, 0.5] }, 'bad_quantiles'],
  ])('refuses %j', (bad, reason) => {
    expect(emptyStore().family(bad)).toMatchObject({ ok: false, reason });
  });

  test('takes a summary x beside a gauge x_bucket: only a histogram has buckets', () => {
    const store = emptyStore();
    family(store, { name: 'x', type: 'summary' });
    family(store, { name: 'x_bucket', type: 'gauge' });
    expect(store.familyCount).toBe(2);
  });

  test('leaves with its last series and frees its names, and comes back with the next', () => {
    const store = emptyStore();
    const histogram = family(store, { name: 'x', type: 'histogram', bounds: [1] });
    const only = series(histogram);
    histogram.remove(only);
    histogram.remove(only);
    expect(store.familyCount).toBe(0);
    expect(store.seriesCount).toBe(0);
    const gauge = family(store, { name: 'x_count', type: 'gauge' });
    const held = series(gauge);
    expect(histogram.series([])).toMatchObject({ ok: false, reason: 'suffix_conflict' });
    gauge.remove(held);
    expect(histogram.series([]).ok).toBe(true);
    expect(text(store)).toContain('x_bucket{le="1.0"} 0\n');
  });

  test('whose handle is old leads to the family that was declared again', () => {
    const store = emptyStore();
    const old = family(store, { name: 'x', type: 'gauge' });
    old.remove(series(old));
    const again = family(store, { name: 'x', type: 'gauge' });
    expect(again).not.toBe(old);
    const one = series(old, { a: '1' });
    expect(series(again, { a: '1' })).toBe(one);
    old.remove(one);
    expect(again.size).toBe(0);
  });

  test('whose first series is refused does not hold its name', () => {
    const store = emptyStore({ series: 1 });
    series(family(store, { name: 'a', type: 'gauge' }));
    expect(family(store, { name: 'b', type: 'gauge' }).series([])).toMatchObject({ reason: 'series_limit' });
    expect(store.familyCount).toBe(1);
    expect(store.family(spec('b', 'counter')).ok).toBe(true);
  });
});

describe('limits', () => {
  test('count time series as Prometheus does: buckets, +Inf, sum and count', () => {
    const store = emptyStore({ series: 9 });
    const histogram = family(store, { name: 'x', type: 'histogram', bounds: [1, 2] });
    series(histogram, { a: '1' });
    expect(store.seriesCount).toBe(5);
    expect(
      text(store)
        .split('\n')
        .filter((line) => line.startsWith('x')),
    ).toHaveLength(5);
    expect(histogram.series([['a', '2']])).toMatchObject({ ok: false, reason: 'series_limit' });
    expect(histogram.series([['a', '1']]).ok).toBe(true);
  });

  test('hold a family apart from the others', () => {
    const store = emptyStore({ seriesPerFamily: 2 });
    const one = family(store, { name: 'one', type: 'gauge' });
    for (const a of ['1', '2']) series(one, { a });
    expect(one.series([['a', '3']])).toMatchObject({ ok: false, reason: 'series_per_family_limit' });
    series(family(store, { name: 'other', type: 'gauge' }));
  });

  test('hold the number of families', () => {
    const store = emptyStore({ families: 1 });
    family(store, { name: 'one', type: 'gauge' });
    expect(store.family(spec('two', 'gauge'))).toMatchObject({ ok: false, reason: 'family_limit' });
  });
});

describe('series', () => {
  test('is one object per label set, an empty value being an absent label', () => {
    const gauge = family(emptyStore(), { name: 'x', type: 'gauge' });
    expect(series(gauge, { a: '1', b: '' })).toBe(series(gauge, { a: '1' }));
    expect(gauge.size).toBe(1);
  });

  test('of a stateset needs the label of its name', () => {
    const state = family(emptyStore(), { name: 'state', type: 'stateset' });
    series(state, { state: 'up' });
    expect(state.series([])).toMatchObject({ ok: false, reason: 'bad_label_name' });
  });

  test('may have bounds of its own; those of a known series stay', () => {
    const store = emptyStore();
    const histogram = family(store, { name: 'x', type: 'histogram', bounds: [1] });
    const own = series(histogram, { a: '1' }, { bounds: [5, 6] });
    series(histogram, { a: '2' });
    expect(own.bounds).toEqual([5, 6]);
    expect(series(histogram, { a: '1' }, { bounds: [7] })).toBe(own);
    expect(text(store).match(/le="[^"]+"/g)).toEqual(['le="5.0"', 'le="6.0"', 'le="+Inf"', 'le="1.0"', 'le="+Inf"']);
  });

  test('keeps slot and value while the array of values grows, and shows what is written past the methods', () => {
    const store = emptyStore();
    const counter = family(store, { name: 'x', type: 'counter' });
    const first = series(counter, { i: '0' });
    first.add(5);
    const before = store.values;
    for (let i = 1; i < 1000; i++) series(counter, { i: String(i) });
    expect(store.values).not.toBe(before);
    store.values[first.slot]! += 2;
    expect(first.read()).toEqual([7]);
    expect(text(store)).toContain('x{i="0"} 7\n');
  });

  test('that is removed leaves the page, and its slot begins at zero for the next', () => {
    const store = emptyStore();
    const counter = family(store, { name: 'x', type: 'counter' });
    series(counter, { a: '1' }).add(1);
    const gone = series(counter, { a: '2' });
    gone.add(2);
    series(counter, { a: '3' }).add(3);
    expect(text(store)).toContain('x{a="2"} 2\n');
    counter.remove(gone);
    const next = series(counter, { a: '0' });
    expect(next.slot).toBe(gone.slot);
    gone.add(100);
    expect(gone.set(100)).toBe(false);
    expect(text(store)).toBe('# TYPE x counter\nx{a="0"} 0\nx{a="1"} 1\nx{a="3"} 3\n');
  });

  test('that comes and goes between two pages leaves nothing behind, and what stays stays', () => {
    const store = emptyStore();
    const counter = family(store, { name: 'x', type: 'counter' });
    series(counter, { a: 'stays' }).add(1);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 100_000; i++) counter.remove(series(counter, { a: `${i}`, pad: 'x'.repeat(50) }));
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2 * 2 ** 20);
    series(counter, { a: 'new' }).add(2);
    expect(text(store)).toBe('# TYPE x counter\nx{a="new"} 2\nx{a="stays"} 1\n');
  });

  test('says the names of its labels, and keeps what is left with it', () => {
    const gauge = family(emptyStore(), { name: 'x', type: 'gauge' });
    const one = series(gauge, { b: '1,\n', a: '2', c: '' });
    expect(one.labelNames).toBe('a,b');
    expect(series(gauge).labelNames).toBe('');
    one.memo = gauge;
    expect(series(gauge, { a: '2', b: '1,\n' }).memo).toBe(gauge);
  });

  test('bumps the revision by coming and going, not by its value', () => {
    const store = emptyStore();
    const gauge = family(store, { name: 'x', type: 'gauge' });
    const before = store.revision;
    const one = series(gauge);
    const with1 = store.revision;
    one.set(4);
    series(gauge);
    expect(with1).toBeGreaterThan(before);
    expect(store.revision).toBe(with1);
    gauge.remove(one);
    expect(store.revision).toBeGreaterThan(with1);
  });
});

describe('render', () => {
  test('writes into the buffer it is given where that is large enough', () => {
    const store = emptyStore();
    series(family(store, { name: 'x', type: 'gauge' })).set(1);
    const buffer = Buffer.alloc(1000);
    expect(store.render('text', buffer).buffer).toBe(buffer.buffer);
    expect(store.render('text', Buffer.alloc(3)).toString()).toBe('# TYPE x gauge\nx 1\n');
  });

  test('leaves out a family without series, and ends an empty OpenMetrics page too', () => {
    const store = emptyStore();
    family(store, { name: 'x', type: 'gauge' });
    expect(text(store)).toBe('');
    expect(openMetrics(store)).toBe('# EOF\n');
  });
});

describe('names that Prometheus gives to series it makes itself', () => {
  const reserved = ['up', 'scrape_duration_seconds', 'scrape_samples_scraped', 'ALERTS', 'ALERTS_FOR_STATE'];

  test.each(reserved)('refuses %s', (name) => {
    const store = emptyStore();
    expect(store.family({ name, type: 'gauge', help: '', owner: 'test' })).toMatchObject({ reason: 'reserved_name' });
    expect(store.topRefused(1)).toEqual([{ name, reason: 'reserved_name', count: 1, atMost: 1 }]);
  });

  test.each(['up_total', 'upstream', 'uptime', 'scraper_pages', 'alerts', 'my_up', 'node_scrape_errors'])(
    'takes %s',
    (name) => {
      const store = emptyStore();
      expect(store.family({ name, type: 'gauge', help: '', owner: 'test' })).toMatchObject({ ok: true });
    },
  );

  test('leaves them out of a page that is merged, and counts them', () => {
    const store = emptyStore();
    const page = '# TYPE up gauge\nup 0\nscrape_samples_scraped 7\nfine 1\n';
    store.foreign('app', parsePage(page, 'text', pageLimits).families);
    expect(text(store)).toBe('# TYPE fine untyped\nfine 1\n');
    expect(store.foreignDropped().get('app')).toBe(2);
    expect(store.refused().get('reserved_name')).toBe(2);
  });
});
