import { expect, test } from 'vitest';
import { createStore } from '../../src/exposition/store.ts';
import { created, family, pageLimits, series, storeLimits, text } from './fixture.ts';
import { parsePage } from './parsed-page.ts';

test('hides the families of owners that end in /own, and lets nobody else have their names', async () => {
  const store = createStore({ limits: storeLimits, now: () => created, hidesOwn: true });
  series(family(store, { name: 'exporter_lines_total', type: 'counter', owner: 'statsd/own' }));
  series(family(store, { name: 'app_total', type: 'counter', owner: 'statsd' }));
  const shown = '# TYPE app_total counter\napp_total 0\n';
  expect(text(store)).toBe(shown);
  expect(store.render('openmetrics').toString()).not.toContain('exporter');
  await store.load('protobuf');
  expect(store.render('protobuf').toString('latin1')).not.toContain('exporter');

  const taken = store.family({ name: 'exporter_lines_total', type: 'counter', help: '', owner: 'statsd' });
  expect(taken).toMatchObject({ ok: false, reason: 'owner_conflict' });
  const page =
    '# TYPE exporter_lines_total counter\nexporter_lines_total 7\n# TYPE exporter_lines gauge\nexporter_lines 7\n';
  store.foreign('app', parsePage(page, 'text', pageLimits).families);
  expect(text(store)).toBe(`${shown}# TYPE exporter_lines gauge\nexporter_lines 7\n`);
  expect(store.foreignDropped().get('app')).toBe(1);
});

test('lets no limit refuse what a runtime tells of itself, and counts it towards none', () => {
  const limits = { ...storeLimits, families: 1, series: 2, seriesPerFamily: 2, labelsPerSeries: 1, labelValueBytes: 8 };
  const store = createStore({ limits, now: () => created });
  const app = family(store, { name: 'app', type: 'gauge', owner: 'statsd' });
  for (const n of ['1', '2', '3']) app.series([['n', n]]);
  for (const spec of [{ owner: 'statsd/own' }, { owner: 'port-monitor', unlimited: true }]) {
    const own = family(store, { name: `own_${spec.owner.replace(/\W/g, '_')}`, type: 'gauge', ...spec });
    for (const n of ['1', '2', '3']) {
      const labels = [['metric_name', `${n} is longer than eight bytes`] as const, ['type', 'gauge'] as const];
      expect(own.series(labels)).toMatchObject({ ok: true });
    }
  }
  expect([store.seriesCount, store.familyCount]).toEqual([2, 1]);
  expect(Object.fromEntries(store.refused())).toEqual({ series_limit: 1 });
});
