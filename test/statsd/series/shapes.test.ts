import { expect, test } from 'vitest';
import type { MetricType } from '../../../src/exposition/metric/family.ts';
import type { Family, Series } from '../../../src/exposition/metric/metric-store.ts';
import type { ObserverOptions } from '../../../src/statsd/series/observer.ts';
import { Shapes } from '../../../src/statsd/series/shapes.ts';
import { emptyStore, family, series } from '../../exposition/fixture.ts';

const store = emptyStore({ families: 100_000, series: 100_000 });
const made = (name: string, type: MetricType, labels: Record<string, string> = {}): readonly [Family, Series] => {
  const one = family(store, { name, type });
  return [one, series(one, labels)];
};

test('a name is counted once for each set of label names, whatever their values', () => {
  const shapes = new Shapes();
  shapes.enter(...made('a', 'counter'));
  shapes.enter(...made('a', 'counter', { x: '1', y: '1' }));
  shapes.enter(...made('a', 'counter', { y: '2', x: '2' }));
  shapes.enter(...made('a', 'counter', { x: '1' }));
  shapes.enter(...made('b', 'gauge', { x: '1' }));
  expect([...shapes.counts]).toEqual([
    ['counter', 3],
    ['gauge', 1],
  ]);
});

test('one that comes back is not counted again', () => {
  const shapes = new Shapes();
  const [first, second] = [made('c', 'counter', { x: '1' }), made('c', 'counter', { x: '2' })];
  shapes.enter(...first);
  shapes.enter(...second);
  shapes.leave(...first);
  shapes.enter(...first);
  shapes.leave(...first);
  shapes.leave(...second);
  shapes.enter(...first);
  expect([...shapes.counts]).toEqual([['counter', 1]]);
});

test('of very many, those that have been gone longest are not remembered', () => {
  const shapes = new Shapes();
  const come = (i: number) => {
    const one = made(`d${i}`, 'gauge');
    shapes.enter(...one);
    shapes.leave(...one);
  };
  for (let i = 0; i <= 10_000; i++) come(i);
  come(10_000);
  expect(shapes.counts.get('gauge')).toBe(10_001);
  come(0);
  expect(shapes.counts.get('gauge')).toBe(10_002);
});

test('the first series of some label names says what the others are made from, until all of them are gone', () => {
  const shapes = new Shapes();
  const [one, other] = [made('h', 'histogram', { x: '1' }), made('h', 'histogram', { x: '2' })];
  const labels = [
    ['y', ''],
    ['x', '9'],
  ] as const;
  const first: ObserverOptions = { type: 'histogram', bounds: [1] };
  const second: ObserverOptions = { type: 'histogram', bounds: [2] };
  expect(shapes.observer('h', labels)).toBeUndefined();
  shapes.enter(...one, first);
  shapes.enter(...other, second);
  expect(shapes.observer('h', labels)).toBe(first);
  expect(shapes.observer('h', [])).toBeUndefined();
  expect(shapes.observer('i', labels)).toBeUndefined();
  shapes.leave(...one);
  expect(shapes.observer('h', labels)).toBe(first);
  shapes.leave(...other);
  shapes.enter(...other, second);
  expect(shapes.observer('h', labels)).toBe(second);
});
