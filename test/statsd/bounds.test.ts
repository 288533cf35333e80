import { expect, test } from 'vitest';
import { direct, unaccounted } from './direct.ts';
import { handMapping } from './hand-mapping.ts';

/** Milliseconds of processor time of this thread: other processes do not count. */
function worked(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

test('conflicting names are counted apart only so far', async () => {
  const { take, pipeline, page } = direct();
  for (let i = 0; i < 300; i++) take(`n${i}:1|c\nn${i}:1|g`);
  const rows = (await page('text'))
    .split('\n')
    .filter((row) => row.startsWith('statsd_exporter_events_conflict_total'));
  expect(rows).toHaveLength(101);
  expect(rows).toContain('statsd_exporter_events_conflict_total{type="gauge"} 200');
  expect(unaccounted(pipeline)).toEqual([0, 0]);
});

test('what is over the limit is counted, and what is there keeps counting', async () => {
  // The summary of a timer is five time series.
  const { take, page, pipeline } = direct(undefined, { series: 7 });
  await page('text');
  for (let i = 0; i < 10; i++) take(`n${i}:1|c\nt${i}:1|ms`);
  take('n0:5|c');
  const text = await page('text');
  expect(text).toContain('\nn0 6\n');
  expect(text).toContain('statsd_exporter_events_error_total{reason="series_limit"} 17');
  expect(pipeline.counters.counterSamples + pipeline.counters.observerSamples).toBe(4);
  expect(unaccounted(pipeline)).toEqual([0, 0]);
});

test('a page that is full shows all that the sidecar tells of itself, what comes later too', async () => {
  const { take, page, store } = direct(undefined, { series: 300, families: 1000 });
  for (let i = 0; i < 1000; i++) take(`n${i}:1|c`);
  const names = (text: string) => new Set(text.match(/^statsd_exporter_\w+/gm));
  const empty = direct();
  empty.take('n:1|c');
  const full = await page('text');
  expect(names(full)).toEqual(names(await empty.page('text')));
  expect(full).toContain('statsd_exporter_events_error_total{reason="series_limit"} 700');
  expect(store.seriesCount).toBe(300);
  for (let i = 0; i < 50; i++) take(`n${i}:1|g`);
  const rows = (await page('text')).match(/^statsd_exporter_events_conflict_total\{.*$/gm) ?? [];
  expect(rows).toHaveLength(50);
});

test('names of Prometheus are refused, whatever a mapping made them of', async () => {
  const { take, page, use, pipeline } = direct();
  use(handMapping([{ match: 'service.state', name: 'up' }]));
  take('up:0|g\nservice.state:0|g\nALERTS:1|g|#alertname:KubeAPIDown\nscrape_duration_seconds:99|g\nups:1|g');
  const text = await page('text');
  expect(text).not.toMatch(/^(up|ALERTS|scrape_\w+)\b/m);
  expect(text).toContain('\nups 1\n');
  expect(text).toContain('statsd_exporter_events_error_total{reason="reserved_name"} 4');
  expect(unaccounted(pipeline)).toEqual([0, 0]);
});

test('a weight is no repetition', () => {
  const { take, pipeline } = direct();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 1000; i++) take(`t:${i}|ms|@1e-15`);
  expect(pipeline.counters.observerSamples).toBe(1000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(50 * 2 ** 20);
});

test('one packet of many values and many tags is done at once', () => {
  const { take, pipeline } = direct(undefined, { labelsPerSeries: 10_000 });
  const tags = Array.from({ length: 4000 }, (_, i) => `t${i}:v`).join(',');
  const before = worked();
  take(`a:${'1:'.repeat(15_000)}1|ms|#${tags}`);
  take(`b:${'1|c:'.repeat(12_000)}1|c`);
  take(`c:1|c${'|c:x'.repeat(15_000)}`);
  take(`d:1|c|#${'x,'.repeat(30_000)}`);
  // Work that grew with the product of the two would take minutes.
  expect(worked() - before).toBeLessThan(2000);
  expect(pipeline.counters.observerSamples).toBe(15_001);
  expect(pipeline.counters.counterSamples).toBe(12_002);
  expect(unaccounted(pipeline)).toEqual([0, 0]);
});

test('nor do many tags in a name cost more where samples of several types follow', () => {
  const tags = Array.from({ length: 4000 }, (_, i) => `t${i}=v`).join(',');
  for (const [limit, taken] of [
    [30, 0],
    [10_000, 4001],
  ] as const) {
    const { take, pipeline } = direct(undefined, { labelsPerSeries: limit });
    const before = worked();
    take(`a,${tags}:${'1|c:1|g:'.repeat(4000)}1|c`);
    take(`b,${tags}:${'1|h:1|ms:'.repeat(3000)}1|h`);
    expect(worked() - before).toBeLessThan(2000);
    expect(pipeline.counters.counterSamples).toBe(taken);
    expect(unaccounted(pipeline)).toEqual([0, 0]);
  }
});

test('many names that come once do not push out those that come often', () => {
  const { take, pipeline } = direct(undefined, { series: 200_000, families: 200_000 }, true, 64);
  for (let i = 0; i < 5000; i++) take(`once${i}:1|c\nhot:1|c\nhot2:1|ms`);
  expect(pipeline.table.size).toBeLessThanOrEqual(64);
  expect(pipeline.counters.linesKnown).toBeGreaterThan(9500);
});
