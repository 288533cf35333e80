import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Series } from '../../../src/exposition/metric/metric-store.ts';
import { emptyStore, family, series } from '../fixture.ts';

const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2', '3', '4', '5'), { maxKeys: 3 });
const step = fc.record({ do: fc.constantFrom('add', 'add', 'add', 'remove', 'render'), labels });

describe('the limit of values per label', () => {
  test('holds, gives room back with the last series of a value, and refuses nothing else', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, limit) => {
        const store = emptyStore({ valuesPerLabel: limit });
        const of = family(store, { name: 'x_total', type: 'counter' });
        const alive = new Map<string, { readonly labels: Record<string, string>; readonly series: Series }>();
        const valuesOf = (name: string) => new Set([...alive.values()].flatMap((one) => one.labels[name] ?? []));
        let refused = 0;
        for (const one of steps) {
          const key = JSON.stringify(Object.entries(one.labels).sort());
          const known = alive.get(key);
          if (one.do === 'render') store.render('text');
          else if (one.do === 'remove') {
            if (known === undefined) continue;
            of.remove(known.series);
            alive.delete(key);
          } else {
            const made = of.series(Object.entries(one.labels));
            const over = Object.entries(one.labels).filter(([name, value]) => {
              const values = valuesOf(name);
              return !values.has(value) && values.size >= limit;
            });
            expect(made.ok).toBe(over.length === 0);
            if (made.ok) alive.set(key, { labels: one.labels, series: made.value });
            else {
              refused++;
              expect(made.reason).toBe('label_values_limit');
              expect(over.map(([name]) => name)).toContain(made.label);
            }
          }
          for (const name of ['a', 'b', 'c']) expect(valuesOf(name).size).toBeLessThanOrEqual(limit);
        }
        expect(of.size).toBe(alive.size);
        expect(store.seriesCount).toBe(alive.size);
        expect(store.refused().get('label_values_limit') ?? 0).toBe(refused);
        expect(store.topRefused(100).reduce((sum, { count }) => sum + count, 0)).toBe(refused);
      }),
      { numRuns: 500 },
    );
  });

  test('names the family and the label', () => {
    const store = emptyStore({ valuesPerLabel: 2 });
    const of = family(store, { name: 'requests_total', type: 'counter' });
    for (const path of ['/a', '/b']) series(of, { method: 'GET', path });
    expect(of.series([['path', '/c']])).toEqual({
      ok: false,
      reason: 'label_values_limit',
      detail: 'limit of 2 values of label path reached',
      label: 'path',
    });
    expect(store.topRefused(1)).toEqual([
      { name: 'requests_total{path}', reason: 'label_values_limit', count: 1, atMost: 1 },
    ]);
  });

  test('is not for what a runtime tells about itself', () => {
    const store = emptyStore({ valuesPerLabel: 1 });
    const of = family(store, { name: 'refused_total', type: 'counter', owner: 'statsd/own' });
    for (const reason of ['a', 'b', 'c']) series(of, { reason });
    expect(of.size).toBe(3);
  });

  test('is each family its own, and counts no bucket', () => {
    const store = emptyStore({ valuesPerLabel: 1 });
    for (const name of ['one_seconds', 'other_seconds']) {
      const of = family(store, { name, type: 'histogram', bounds: [1, 2, 3] });
      expect(of.series([['path', name]]).ok).toBe(true);
    }
  });

  test('counts nothing for a series that another limit refuses', () => {
    const store = emptyStore({ valuesPerLabel: 2, seriesPerFamily: 1 });
    const of = family(store, { name: 'x', type: 'gauge' });
    const first = series(of, { a: '1' });
    expect(of.series([['a', '2']])).toMatchObject({ reason: 'series_per_family_limit' });
    of.remove(first);
    series(of, { a: '3' });
    expect(of.series([['a', '4']])).toMatchObject({ reason: 'series_per_family_limit' });
  });

  test.each([0, undefined])('is none with %s', (valuesPerLabel) => {
    const store = emptyStore(valuesPerLabel === undefined ? {} : { valuesPerLabel });
    const of = family(store, { name: 'x', type: 'gauge' });
    for (let i = 0; i < 100; i++) series(of, { a: String(i) });
    expect(of.size).toBe(100);
  });
});
