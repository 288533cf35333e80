import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { overviewDashboard } from '../../src/monitoring/dashboards/overview-dashboard.ts';
import { withVariables } from '../monitoring/queries.ts';
import { findProgram } from './program.ts';

const promtool = findProgram('promtool', process.env);
const folder = mkdtempSync(join(tmpdir(), 'metrics-sidecar-overview-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Sample {
  readonly labels: string;
  readonly value: number;
}

/** Two replicas of `web`, one of an older version; a StatefulSet in another cluster; two jobs scrape one pod. */
const pods = [
  { pod: 'web-6c8f9d7b5-x2x9p', cluster: 'a', version: '0.2.0', jobs: ['pods', 'annotations'] },
  { pod: 'web-5b7d8f6c9-q7kzm', cluster: 'a', version: '0.1.0', jobs: ['pods'] },
  { pod: 'db-0', cluster: 'b', version: '0.2.0', jobs: ['pods'] },
];

const series = pods.flatMap(({ pod, cluster, version, jobs }, i) =>
  jobs.flatMap((job) => {
    const of = (more = '') => `{cluster="${cluster}",namespace="shop",pod="${pod}",job="${job}"${more}}`;
    return [
      { series: `metrics_sidecar_build_info${of(`,version="${version}"`)}`, values: '1x120' },
      { series: `metrics_sidecar_process_start_time_seconds${of()}`, values: `${i}x120` },
      { series: `metrics_sidecar_process_resident_memory_bytes${of()}`, values: `${(i + 1) * 1000}x120` },
      { series: `statsd_exporter_lines_total${of()}`, values: i === 2 ? '0x120' : '5x120' },
    ];
  }),
);

/** What promtool says where a query answers something else; the empty text where it answers this. */
function difference(title: string, legend: string, samples: readonly Sample[]): string {
  const panels = overviewDashboard.rows.flatMap((row) => row.panels);
  const { queries } = panels.find((panel) => panel.title === title)!;
  const { expression } = queries.find((query) => query.legend === legend)!;
  const check = { expr: withVariables(expression), eval_time: '100m', exp_samples: samples };
  const path = join(folder, `${title}${legend}.json`.replaceAll(' ', '-'));
  const tests = [{ interval: '1m', input_series: series, promql_expr_test: [check] }];
  writeFileSync(path, JSON.stringify({ evaluation_interval: '1m', tests }));
  const { status, stdout, stderr } = spawnSync(promtool!, ['test', 'rules', path], { encoding: 'utf8' });
  return status === 0 ? '' : stdout + stderr;
}

const row = (cluster: string, workload: string, version: string) =>
  `{cluster="${cluster}", namespace="shop", version="${version}", workload="${workload}"}`;

describe.skipIf(promtool === undefined)('the overview', () => {
  test.each([
    ['Pods with a sidecar', 3],
    ['Workloads with a sidecar', 2],
    ['Versions in use', 2],
    ['Pods that refuse series', 0],
    ['Sidecars that receive nothing', 1],
  ])('%s: %i', (title, value) => expect(difference(title, '', [{ labels: '{}', value }])).toBe(''));

  test('a line for each workload and version, a pod that two jobs scrape once', () => {
    const table = 'Workloads with their sidecars';
    const three = (values: readonly number[]) => [
      { labels: row('a', 'web', '0.2.0'), value: values[0]! },
      { labels: row('a', 'web', '0.1.0'), value: values[1]! },
      { labels: row('b', 'db', '0.2.0'), value: values[2]! },
    ];
    expect(difference(table, 'Pods', three([1, 1, 1]))).toBe('');
    expect(difference(table, 'Memory', three([1000, 2000, 3000]))).toBe('');
    expect(difference(table, 'Youngest started', three([0, 1000, 2000]))).toBe('');
  });

  test('the workload whose sidecar receives nothing', () => {
    const labels = '{cluster="b", kind="statsd", namespace="shop", workload="db"}';
    const table = 'Workloads whose sidecars receive nothing';
    expect(difference(table, 'Pods with silence', [{ labels, value: 1 }])).toBe('');
  });

  test('a wrong expectation is found', () => {
    expect(difference('Pods with a sidecar', '', [{ labels: '{}', value: 4 }])).toContain('exp');
  });
});
