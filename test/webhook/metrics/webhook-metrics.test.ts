import { describe, expect, test } from 'vitest';
import type { ReviewDecision } from '../../../src/webhook/admission/decide.ts';
import { metricPrefix } from '../../../src/webhook/metrics/webhook-metric-table.ts';
import { createMetrics } from '../../../src/webhook/metrics/webhook-metrics.ts';
import { observed } from '../observed.ts';

const decision: ReviewDecision = {
  verdict: 'injected',
  answer: { allowed: true, patch: [{ op: 'add', path: '/x', value: 1 }], warnings: ['one', 'two'] },
  kinds: ['statsd', 'ingest'],
  reasons: [{ code: 'bad_value', subject: 's', detail: 'd' }],
};
const one = { path: 'mutate', kind: 'Pod', dryRun: false, decision, patchBytes: 900, seconds: 0.0002 } as const;

async function lines(metrics: ReturnType<typeof createMetrics>): Promise<Map<string, number>> {
  const page = await metrics.page();
  return new Map(
    page
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [
        line.slice(0, line.lastIndexOf(' ')).slice(metricPrefix.length),
        Number(line.slice(line.lastIndexOf(' '))),
      ]),
  );
}

test('a decision is counted', async () => {
  const metrics = createMetrics(observed({ inFlight: () => 3 }));
  metrics.countDecision(one);
  metrics.countDecision({ ...one, path: 'lint', kind: 'Deployment', patchBytes: 0, seconds: 6 });
  const page = await lines(metrics);
  expect(page.get('requests_total{path="mutate",kind="Pod",outcome="injected",dry_run="false"}')).toBe(1);
  expect(page.get('injections_total{kind="statsd"}')).toBe(1);
  expect(page.get('injections_total{kind="ingest"}')).toBe(1);
  expect(page.get('reasons_total{code="bad_value"}')).toBe(2);
  expect(page.get('warnings_total')).toBe(4);
  expect(page.get('request_duration_seconds_bucket{le="0.0001",path="mutate"}')).toBe(0);
  expect(page.get('request_duration_seconds_bucket{le="0.00025",path="mutate"}')).toBe(1);
  expect(page.get('request_duration_seconds_bucket{le="5",path="lint"}')).toBe(0);
  expect(page.get('request_duration_seconds_bucket{le="+Inf",path="lint"}')).toBe(1);
  expect(page.get('patch_bytes_count')).toBe(1);
  expect(page.get('patch_bytes_sum')).toBe(900);
  expect(page.get('in_flight_requests')).toBe(3);
  expect(page.get(`build_info{version="1.2.3",node="${process.versions.node}"}`)).toBe(1);
});

test('a dry run is counted apart, and as nothing that happened (trap 18)', async () => {
  const metrics = createMetrics(observed());
  metrics.countDecision({ ...one, dryRun: true });
  const page = await lines(metrics);
  expect(page.get('requests_total{path="mutate",kind="Pod",outcome="injected",dry_run="true"}')).toBe(1);
  const names = [...page.keys()].filter((key) => /^(injections|reasons)_total/.test(key));
  expect(names).toEqual([]);
  expect(page.get('warnings_total')).toBe(0);
});

test('reloads: successes, failures, and whether the last one was good', async () => {
  const metrics = createMetrics(observed());
  metrics.loaded('settings', 100);
  metrics.reloaded('settings', true, 200);
  metrics.reloaded('settings', false, 300);
  metrics.certificateExpires(400);
  const page = await lines(metrics);
  expect(page.get('reloads_total{what="settings",outcome="success"}')).toBe(1);
  expect(page.get('reloads_total{what="settings",outcome="failure"}')).toBe(1);
  expect(page.get('reloads_total{what="certificate",outcome="failure"}')).toBe(0);
  expect(page.get('last_reload_successful{what="settings"}')).toBe(0);
  expect(page.get('loaded_timestamp_seconds{what="settings"}')).toBe(200);
  expect(page.get('certificate_expiry_timestamp_seconds')).toBe(400);
});

describe('the page', () => {
  test('labels have few values, whoever calls (trap 16)', async () => {
    const metrics = createMetrics(observed());
    const before = (await lines(metrics)).size;
    for (let i = 0; i < 1000; i++) metrics.countDecision({ ...one, kind: `Kind${i}` });
    const page = await lines(metrics);
    expect(page.get('requests_total{path="mutate",kind="other",outcome="injected",dry_run="false"}')).toBe(1000);
    expect(page.size - before).toBeLessThan(60);
  });

  test('every name has the prefix: process metrics too', async () => {
    const page = await createMetrics(observed()).page();
    const names = [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
    expect(names.filter((name) => !name.startsWith(metricPrefix))).toEqual([]);
    expect(names).toContain(`${metricPrefix}process_cpu_seconds_total`);
    expect(names).toContain(`${metricPrefix}process_resident_memory_bytes`);
  });

  test('two webhooks in one process do not share a page', async () => {
    createMetrics(observed()).countDecision(one);
    const other = await lines(createMetrics(observed()));
    expect([...other.keys()].filter((key) => key.startsWith('requests_total'))).toEqual([]);
  });
});
