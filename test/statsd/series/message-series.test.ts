import { expect, test } from 'vitest';
import { createStore } from '../../../src/exposition/store.ts';
import { parseLine } from '../../../src/statsd/line/parse-line.ts';
import { messageSeries } from '../../../src/statsd/series/message-series.ts';
import { direct } from '../direct.ts';
import { handMapping } from '../hand-mapping.ts';
import { defaultOptions } from '../line/line-options.ts';

const limits = { families: 10, series: 100, seriesPerFamily: 3, labelsPerSeries: 5, labelValueBytes: 100 };

function shown(...lines: readonly string[]): readonly string[] {
  const store = createStore({ limits, now: () => 0 });
  const show = messageSeries(store);
  for (const line of lines) {
    const parsed = parseLine(Buffer.from(line), defaultOptions);
    if (parsed.kind !== 'event' && parsed.kind !== 'service_check') throw new Error(parsed.kind);
    show.take(parsed, 0);
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

const statuses = async (of: ReturnType<typeof direct>) =>
  (await of.page('text')).split('\n').filter((row) => row.startsWith('dogstatsd_service_check_status'));

test('a service check that is not heard of any more goes after the ttl of the defaults', async () => {
  const of = direct();
  of.use(handMapping([], { ttl: 1000 }));
  of.take('_sc|a|2\n_sc|b|2\n_e{1,1}:a|b');
  of.pass(600);
  of.take('_sc|a|0');
  of.pass(401);
  expect(await statuses(of)).toEqual(['dogstatsd_service_check_status{check="a"} 0']);
  of.pass(600);
  expect(await statuses(of)).toEqual([]);
  expect(await of.page('text')).toContain('dogstatsd_events_total{alert_type="info"} 1');
  // The name stays claimed, though no series has it.
  of.take('dogstatsd_service_check_status:1|g\n_sc|b|1');
  expect(of.pipeline.counters.conflictReasons.get('owner_conflict')).toBe(1);
  expect(await statuses(of)).toEqual(['dogstatsd_service_check_status{check="b"} 1']);
  of.use(handMapping([]));
  of.pass(3_600_000);
  expect(await statuses(of)).toHaveLength(1);
});
