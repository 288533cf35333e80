import { expect, test } from 'vitest';
import { reportProcess } from '../../src/sidecar/process-usage.ts';
import { emptyStore, pageLimits } from '../exposition/fixture.ts';
import { parsePage } from '../exposition/parsed-page.ts';

test('tells about this process under the prefix only, and is brought up to date by collecting', () => {
  const store = emptyStore();
  const collect = reportProcess(store, 'sidecar/own');
  const read = () =>
    new Map(
      parsePage(store.render('text'), 'text', pageLimits).families.map(({ name, samples }) => [
        name,
        samples[0]?.value ?? 0,
      ]),
    );
  collect();
  const first = read();
  expect([...first.keys()].filter((name) => !name.startsWith('metrics_sidecar_'))).toEqual([]);
  expect(first.get('metrics_sidecar_process_resident_memory_bytes')).toBeGreaterThan(1e7);
  expect(Math.abs((first.get('metrics_sidecar_process_start_time_seconds') ?? 0) - Date.now() / 1000)).toBeLessThan(
    3600,
  );
  const until = process.cpuUsage().user + 5000;
  while (process.cpuUsage().user < until);
  collect();
  expect(read().get('metrics_sidecar_process_cpu_seconds_total')).toBeGreaterThan(
    first.get('metrics_sidecar_process_cpu_seconds_total') ?? 0,
  );
  expect(read().get('metrics_sidecar_nodejs_eventloop_utilization')).toBeLessThanOrEqual(1);
});
