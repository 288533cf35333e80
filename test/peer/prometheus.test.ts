import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from '../process/program.ts';
import { sendTcp } from '../statsd/runtime.ts';
import { findProgram } from './program.ts';
import { type Prometheus, type Queried, startPrometheus } from './prometheus-process.ts';

const program = findProgram('prometheus', process.env);
const patience = { timeout: 30_000 };
const folder = mkdtempSync(join(tmpdir(), 'prometheus-test-'));

if (program === undefined) {
  console.warn('\n*** no prometheus (PATH or PROMETHEUS): no page was scraped by it ***\n');
  test.skipIf(process.env['CI'] === undefined)('prometheus is there', () => expect.fail('it is not'));
}

const mapping = `defaults: {observer_type: histogram, histogram_options: {buckets: [0.1, 1]}}
mappings:
- {match: "latency.*", name: latency_seconds, labels: {route: "$1"}}
- {match: "size.*", name: "size_$1", observer_type: summary}
- {match: "classic", name: classic, histogram_options: {native_histogram_bucket_factor: 1}}
`;
/** Latencies whose quantiles are far from every classic bound; two routes. */
const latencies = Array.from({ length: 1000 }, (_, i) => 0.2 + (i / 1000) ** 3);
const lines = [
  ...latencies.flatMap((value) => [`latency.a:${value}|h`, `latency.b:${-value}|h|@0.5`]),
  ...['orders_total:5|c|#shop:x', 'free:-2.5|g', 'size.small:7|ms', 'classic:0.5|h', 'nan:1|g'],
];

describe.skipIf(program === undefined)('the real Prometheus', () => {
  const jobs = ['native', 'text', 'openmetrics'];
  let sidecar: ReturnType<typeof start>;
  let prometheus: Prometheus;

  beforeAll(async () => {
    const file = join(folder, 'mapping.yml');
    writeFileSync(file, mapping);
    sidecar = start([
      ...['--web.listen-address=127.0.0.1:0', '--shutdown.grace-period=0s', '--shutdown.scrape-wait=0s', 'statsd'],
      ...['--statsd.listen-udp=127.0.0.1:0', '--statsd.listen-tcp=127.0.0.1:0', `--statsd.mapping-config=${file}`],
    ]);
    const { tcp } = (await sidecar.said('statsd listens')) as { tcp: { port: number } };
    const { address } = (await sidecar.said('ready')) as { address: { port: number } };
    await sendTcp(tcp.port, `${lines.join('\n')}\n`);
    const targets = [{ targets: [`127.0.0.1:${address.port}`] }];
    prometheus = await startPrometheus(program!, {
      global: { scrape_interval: '500ms', scrape_timeout: '500ms' },
      scrape_configs: [
        {
          ...{ job_name: 'native', static_configs: targets },
          ...{ scrape_native_histograms: true, always_scrape_classic_histograms: true },
        },
        { job_name: 'text', static_configs: targets, scrape_protocols: ['PrometheusText0.0.4'] },
        { job_name: 'openmetrics', static_configs: targets, scrape_protocols: ['OpenMetricsText1.0.0'] },
      ],
    });
  });

  afterAll(async () => {
    await prometheus?.stop();
    await sidecar?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  /** What a query answers once the last line is in. */
  async function settled(expression: string): Promise<readonly Queried[]> {
    const inAll = 'count(latency_seconds_count{route="b"} == 2000)';
    await expect.poll(async () => (await prometheus.query(inAll))?.[0]?.value?.[1], patience).toBe(String(jobs.length));
    return (await prometheus.query(expression)) ?? [];
  }

  test('takes every page', async () => {
    await settled('up');
    expect(await prometheus.targets()).toEqual(
      expect.arrayContaining(jobs.map((job) => ({ job, health: 'up', error: '' }))),
    );
  });

  test('asks for protobuf where it scrapes native histograms', async () => {
    // A page tells of those before it.
    await expect
      .poll(() => prometheus.query('metrics_sidecar_scrapes_total{job="native",format="protobuf"} > 0'), patience)
      .toHaveLength(1);
  });

  test.each([0.1, 0.5, 0.9, 0.99])('finds the quantile %d in the native histogram as it is', async (quantile) => {
    const [found] = await settled(`histogram_quantile(${quantile}, latency_seconds{route="a"})`);
    const exact = latencies[Math.ceil(quantile * latencies.length) - 1]!;
    // A bucket of schema 3 is 9 % wide.
    expect(Math.abs(Number(found?.value?.[1]) / exact - 1)).toBeLessThan(0.09);
  });

  test('finds quantiles of negative values, and weights', async () => {
    const [found] = await settled('histogram_quantile(0.5, latency_seconds{route="b"})');
    expect(Math.abs(Number(found?.value?.[1]) / -latencies[500]! - 1)).toBeLessThan(0.09);
    const [histogram] = await settled('latency_seconds{route="b"}');
    expect(histogram?.histogram?.[1].count).toBe('2000');
  });

  test('has no native histogram where the mapping wants none', async () => {
    expect(await settled('classic')).toEqual([]);
    expect(await settled('classic_count')).toHaveLength(jobs.length);
  });

  test('makes the same series and values of protobuf as of text', async () => {
    const rows = async (job: string) => {
      const all = await settled(`{job="${job}"}`);
      return all.filter(({ value }) => value !== undefined);
    };
    const names = async (job: string) =>
      (await rows(job))
        .map(({ metric: { job: _, instance: __, ...metric } }) => JSON.stringify(Object.entries(metric).sort()))
        .filter((row) => !/scrape_|metrics_sidecar_scrapes_total|"up"/.test(row))
        .sort();
    const values = async (job: string) =>
      (await rows(job))
        .filter(({ metric }) => /^(latency|orders|free|size|classic)/.test(metric['__name__'] ?? ''))
        .map(({ metric: { job: _, instance: __, ...metric }, value }) => [metric, value?.[1]]);
    expect((await names('text')).length).toBeGreaterThan(60);
    const difference = async () => [await names('native'), await names('text')].map((rows) => rows.join('\n'));
    await expect.poll(async () => new Set(await difference()).size, patience).toBe(1);
    const sorted = (all: unknown[]) => all.map((one) => JSON.stringify(one)).sort();
    expect(sorted(await values('native'))).toEqual(sorted(await values('text')));
  });
});
