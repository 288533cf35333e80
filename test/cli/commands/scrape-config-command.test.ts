import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { runScrapeConfig } from '../../../src/cli/commands/scrape-config-command.ts';
import { scrapeConfigFile } from '../../../src/monitoring/scrape-jobs.ts';
import { printed } from '../printed.ts';

test('prints a file that Prometheus reads', async () => {
  const { code, out, err } = await printed(runScrapeConfig);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(scrapeConfigFile({ annotationJob: true, namespaces: [] }));
});

test('its flags', async () => {
  const { out } = await printed(runScrapeConfig, '--no-annotation-job', '--namespaces=shop,pay', '-o', 'list');
  expect(out).not.toContain('scraped_by');
  expect(load(out)).toMatchObject([
    { job_name: 'metrics-sidecars', kubernetes_sd_configs: [{ namespaces: { names: ['shop', 'pay'] } }] },
    { job_name: 'metrics-sidecar-webhook' },
  ]);
});

test.each([
  ['-o', 'yaml', '--output: "yaml" is not one of file, list'],
  ['--namespaces=Shop', '', '"Shop"'],
  ['--interval=5s', '', '--interval: no such flag'],
])('%s %s is a wrong command line', async (flag, value, problem) => {
  const { code, out, err } = await printed(runScrapeConfig, ...[flag, value].filter(Boolean));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(problem);
  expect(err).toContain('Try "metrics-sidecar scrape-config --help".');
});
