import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, describe, expect, test } from 'vitest';
import { generatedFiles } from '../../src/monitoring/generated-files.ts';
import { alertGroups, rulesFile } from '../../src/monitoring/rules.ts';
import { type ScrapeConfigOptions, scrapeConfigFile, scrapeJobs } from '../../src/monitoring/scrape-jobs.ts';
import { settingsOf } from '../haproxy/settings.ts';
import { haproxyFamilies } from '../monitoring/known-metrics.ts';
import { metricNames } from '../monitoring/promql.ts';
import { alertQueries, dashboardQueries } from '../monitoring/queries.ts';
import { findHaproxy, freePorts, runHaproxy } from './haproxy-process.ts';
import { findProgram } from './program.ts';
import { vmagentSays } from './vmagent.ts';

const groups = await alertGroups();

const promtool = process.env['PROMTOOL'] ?? 'promtool';
const vmagent = findProgram('vmagent', process.env);
const folder = mkdtempSync(join(tmpdir(), 'metrics-sidecar-alerts-'));
const goldens = join(import.meta.dirname, '../golden/alerts');
const names = groups.flatMap(({ alerts }) => alerts.map(({ name }) => name));

afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** What promtool says where it is not content. */
function promtoolSays(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(promtool, args, { encoding: 'utf8' });
  return status === 0 ? '' : stdout + stderr;
}

const bareConfig = 'scrape_configs:\n  - job_name: x\n    kubernetes_sd_configs:\n      - role: pod\n';
const noPromtool =
  spawnSync(promtool, ['--version']).status === 0 ? '' : 'no promtool (PATH or PROMTOOL): no alert was checked';
const noDiscovery =
  noPromtool ||
  (promtoolSays('check', 'config', file('bare.yml', bareConfig)) === ''
    ? ''
    : 'this promtool knows no Kubernetes discovery (Debian builds it without): no scrape config was checked by it');
const haproxy = findHaproxy();
const noHaproxy =
  haproxy === undefined ? 'no HAProxy (PATH or HAPROXY): its dashboard was not compared with its page' : '';
const noVmagent = vmagent === undefined ? 'no vmagent (PATH or VMAGENT): no scrape config was checked by it' : '';

for (const missing of new Set([noPromtool, noDiscovery, noVmagent, noHaproxy].filter(Boolean))) {
  console.warn(`\n*** ${missing} ***\n`);
  test.skipIf(process.env['CI'] === undefined)(missing, () => expect.fail(missing));
}

describe.skipIf(noPromtool)('promtool', () => {
  test('has nothing to say of the rules', async () => {
    expect(promtoolSays('check', 'rules', '--lint=all', '--lint-fatal', file('rules.yml', rulesFile(groups)))).toBe('');
    for (const [path, text] of await generatedFiles()) {
      if (path.endsWith('alerts.yaml')) expect(promtoolSays('check', 'rules', file('chart.yml', text))).toBe('');
    }
  });

  test('can read every query of the dashboards', () => {
    const rules = dashboardQueries.map(({ expression }, i) => ({ record: `query:${i}`, expr: expression }));
    const path = file('queries.yml', JSON.stringify({ groups: [{ name: 'queries', rules }] }));
    expect(promtoolSays('check', 'rules', path)).toBe('');
  });

  test('refuses a query that is none', () => {
    const rules = [{ record: 'query:0', expr: 'sum by (pod (up)' }];
    expect(
      promtoolSays('check', 'rules', file('bad.yml', JSON.stringify({ groups: [{ name: 'q', rules }] }))),
    ).toContain('parse error');
  });

  test('every alert has its cases, and no other', () => {
    expect(readdirSync(goldens).sort()).toEqual(names.map((name) => `${name}.yaml`).sort());
  });

  describe.each(names)('%s', (name) => {
    const path = join(goldens, `${name}.yaml`);

    test('fires when it should, says what is wrong, and is quiet otherwise', () => {
      expect(promtoolSays('test', 'rules', path)).toBe('');
    });

    test('has one case of each', () => {
      const { tests } = load(readFileSync(path, 'utf8')) as {
        tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
      };
      const cases = tests.map(({ alert_rule_test: checks }) => checks.at(-1)!);
      expect(new Set(cases.map(({ alertname }) => alertname))).toEqual(new Set([name]));
      expect(cases.some(({ exp_alerts }) => exp_alerts.length > 0)).toBe(true);
      expect(cases.some(({ exp_alerts }) => exp_alerts.length === 0)).toBe(true);
    });
  });
});

const variants: readonly ScrapeConfigOptions[] = [
  { annotationJob: true, namespaces: [] },
  { annotationJob: false, namespaces: [] },
  { annotationJob: true, namespaces: ['shop', 'metrics-sidecar'] },
];

describe.each(variants)('the scrape config of %j', (options) => {
  test.skipIf(noDiscovery)('promtool takes it', () => {
    const path = file('scrape.yml', scrapeConfigFile(options));
    expect(promtoolSays('check', 'config', '--lint=all', '--lint-fatal', path)).toBe('');
  });

  test.skipIf(noDiscovery)('promtool takes it from scrape_config_files', () => {
    file('sidecars.yml', scrapeConfigFile(options));
    const path = file('prometheus.yml', 'scrape_config_files: [sidecars.yml]\n');
    expect(promtoolSays('check', 'config', path)).toBe('');
  });

  test.skipIf(noVmagent)('vmagent takes it, and its list from scrape_config_files', () => {
    expect(vmagentSays(vmagent!, file('scrape.yml', scrapeConfigFile(options)))).toBe('');
    file('jobs.yml', scrapeJobs(options));
    expect(vmagentSays(vmagent!, file('vmagent.yml', 'scrape_config_files: [jobs.yml]\n'))).toBe('');
  });

  test.skipIf(noVmagent)('vmagent would have refused a misspelt key', () => {
    const misspelt = scrapeConfigFile(options).replaceAll('source_labels', 'source_label');
    expect(vmagentSays(vmagent!, file('misspelt.yml', misspelt))).toContain('source_label');
  });
});

test.skipIf(noHaproxy)("HAProxy's page has every metric of it that is asked for", async () => {
  const [listenPort, exporterPort] = (await freePorts(2)) as [number, number];
  const running = await runHaproxy(
    haproxy!.program,
    settingsOf([`--haproxy.listen-port=${listenPort}`, `--haproxy.exporter-port=${exporterPort}`]),
  );
  try {
    const page = await (await fetch(`http://127.0.0.1:${exporterPort}/metrics`)).text();
    const used = new Set(
      [...dashboardQueries, ...alertQueries].flatMap(({ expression }) => [...metricNames(expression)]),
    );
    const asked = haproxyFamilies.filter((name) => used.has(name));
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter((name) => !page.includes(`# TYPE ${name} `))).toEqual([]);
  } finally {
    await running.stop();
  }
});
