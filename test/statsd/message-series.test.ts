import { expect, test } from 'vitest';
import { createStore } from '../../src/exposition/store.ts';
import { parseLine } from '../../src/statsd/line.ts';
import { messageSeries } from '../../src/statsd/message-series.ts';
import { defaultOptions } from './line-options.ts';

const limits = { families: 10, series: 100, seriesPerFamily: 3, labelsPerSeries: 5, labelValueBytes: 100 };

function shown(...lines: readonly string[]): readonly string[] {
  const store = createStore({ limits, now: () => 0 });
  const show = messageSeries(store);
  for (const line of lines) {
    const parsed = parseLine(Buffer.from(line), defaultOptions);
    if (parsed.kind !== 'event' && parsed.kind !== 'service_check') throw new Error(parsed.kind);
    show(parsed);
  }
  return store
    .render('text')
    .toString()
    .split('\n')
    .filter((row) => row !== '' && !row.startsWith('#'));
}

test('events are counted by alert type', () => {
  expect(shown('_e{1,1}:a|b', '_e{1,1}:a|b|t:error|#x:y', '_e{1,1}:c|d|t:error')).toEqual([
    'dogstatsd_events_total{alert_type="error"} 2',
    'dogstatsd_events_total{alert_type="info"} 1',
  ]);
});

test('a service check is its last status, by name, tags and host', () => {
  expect(shown('_sc|db up|2', '_sc|db up|0', '_sc|db up|1|#a:b,check:x|h:web')).toEqual([
    'dogstatsd_service_check_status{check="db up"} 0',
    'dogstatsd_service_check_status{a="b",check="db up",hostname="web"} 1',
  ]);
});

test('the limits of the page hold', () => {
  expect(shown(...Array.from({ length: 10 }, (_, i) => `_sc|c${i}|0`))).toHaveLength(3);
});
