import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { collectProcess } from '../../../src/webhook/metrics/process-metrics.ts';

test('the process, under the prefix, read at each page', async () => {
  const registry = new Registry();
  collectProcess([registry]);
  const value = async (name: string) => Number(new RegExp(`^${name} (.*)$`, 'm').exec(await registry.metrics())?.[1]);
  const cpu = await value('metrics_sidecar_webhook_process_cpu_seconds_total');
  expect(cpu).toBeGreaterThan(0);
  const until = process.cpuUsage().user + 20_000;
  while (process.cpuUsage().user < until);
  expect(await value('metrics_sidecar_webhook_process_cpu_seconds_total')).toBeGreaterThanOrEqual(cpu + 0.02);
  expect(await value('metrics_sidecar_webhook_process_resident_memory_bytes')).toBeGreaterThan(10 * 2 ** 20);
  expect(await value('metrics_sidecar_webhook_process_start_time_seconds')).toBeLessThan(Date.now() / 1000);
  expect(await value('metrics_sidecar_webhook_nodejs_eventloop_active_seconds_total')).toBeGreaterThan(0);
});
