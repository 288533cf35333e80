import { expect, test } from 'vitest';
import { metricTable } from '../../../src/exposition/own/metric-table.ts';
import { declareTable } from '../../../src/exposition/own/own-series.ts';
import { emptyStore, family, series, text } from '../fixture.ts';

const table = metricTable('own_', {
  ready: { type: 'gauge', labels: [], help: 'Whether it is ready.' },
  errors_total: { type: 'counter', labels: ['reason'], help: 'Errors by reason.' },
  wait_seconds: { type: 'histogram', labels: [], help: 'How long it took.', bounds: [1] },
});

test('names each row by the prefix and its key', () => {
  expect(Object.values(table).map(({ name }) => name)).toEqual(['own_ready', 'own_errors_total', 'own_wait_seconds']);
});

test('declares every row at once, and shows a series from its first value on', () => {
  const store = emptyStore();
  const own = declareTable(store, table, 'test/own');
  expect(store.family({ name: 'own_ready', type: 'counter', help: '', owner: 'stranger' })).toMatchObject({
    ok: false,
  });
  own('ready')?.set(1);
  own('errors_total', 'timeout')?.add(2);
  own('wait_seconds')?.observe(0.5, 1);
  expect(text(store)).toContain('own_errors_total{reason="timeout"} 2\n# HELP own_ready Whether it is ready.');
  expect(text(store)).toContain('own_wait_seconds_bucket{le="1.0"} 1\n');
});

test('shows the others where the page refuses one, which is told', () => {
  const store = emptyStore();
  series(family(store, { name: 'own_ready', type: 'gauge', owner: 'stranger' }));
  const refused: string[] = [];
  const own = declareTable(store, table, 'test/own', (name) => refused.push(name));
  expect(refused).toEqual(['own_ready']);
  expect(own('ready')).toBeUndefined();
  own('errors_total', 'timeout')?.add(1);
  expect(text(store)).toContain('own_errors_total{reason="timeout"} 1\n');
});
