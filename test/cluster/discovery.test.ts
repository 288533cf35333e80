import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { webhookPods as webhook } from '../../src/contract/monitoring.ts';
import { scrapeConfigFile } from '../../src/monitoring/scrape-jobs.ts';
import { webhookPods } from './chart.ts';
import {
  type Agent,
  prometheus,
  type Running,
  startApiProxy,
  type Targets,
  targetsOf,
  vmagent,
} from './discovery-agents.ts';
import { configuration, type Job, sidecarJobs, stockJobs, throughApi } from './discovery-jobs.ts';
import { missingForDiscovery, skipping } from './discovery-needs.ts';
import { annotated, bare, createShapes, removeShapes } from './discovery-pods.ts';
import { expectTargets } from './discovery-targets.ts';
import { eventually } from './eventually.ts';
import { must } from './kubectl.ts';
import { findOperator, generatedConfiguration, generatedRules, installDefinitions, startOperator } from './operator.ts';
import { chart, chartMonitors, createPrometheuses, jobOf, namespace, type OperatorStyle } from './operator-objects.ts';
import { run } from './program.ts';
import type { Expected, Shape } from './shapes.ts';

type Finds = Readonly<Record<string, (shape: Shape) => Expected>>;

const stock: Finds = { [annotated]: ({ annotationJobs }) => annotationJobs };
const both: Finds = { [annotated]: ({ annotationJobs, beside }) => [...annotationJobs, ...beside] };
const alone: Finds = { [annotated]: (shape) => shape.alone, [bare]: (shape) => shape.alone };

const styles: Readonly<Record<string, { readonly jobs: () => Promise<readonly Job[]>; readonly finds: Finds }>> = {
  'the stock annotation jobs alone': { jobs: stockJobs, finds: stock },
  'the stock jobs and ours beside them': {
    jobs: async () => [...(await stockJobs()), ...sidecarJobs(true)],
    finds: both,
  },
  'our jobs alone': { jobs: async () => sidecarJobs(false), finds: alone },
};
const operatorStyles: Readonly<Record<OperatorStyle, Finds>> = { alone, beside: both };
const agents: readonly Agent[] = [prometheus, vmagent];
const alerts = readFileSync(join(chart, 'files/alerts.yaml'), 'utf8').match(/ alert: /g)!.length;

const taken = { code: 0, said: '' };

const missing = inject('missing') || skipping('discovery', await missingForDiscovery());
const operator = await findOperator();
const withoutOperator = missing || (typeof operator === 'string' ? skipping('the operator', operator) : '');

function webhooksOf({ active }: Targets, job: string): (string | undefined)[][] {
  return active
    .filter(({ discoveredLabels }) => discoveredLabels.job === job)
    .map(({ labels, scrapeUrl, health }) => [labels.pod, new URL(scrapeUrl).port, health])
    .sort();
}

describe.skipIf(missing)('every endpoint is found exactly once', () => {
  let api: Running;
  beforeAll(async () => {
    api = await startApiProxy();
    await createShapes();
  });
  afterAll(async () => {
    await api?.stop();
    await removeShapes('--wait=false');
  });

  const findsBy = async (agent: Agent, text: string, finds: Finds) => {
    const running = await agent.start(text);
    const { scrape_configs: jobs } = load(text) as { scrape_configs: readonly Job[] };
    try {
      for (const [where, expected] of Object.entries(finds)) await expectTargets(running, jobs, where, expected);
    } finally {
      await running.stop();
    }
  };

  const findsWebhooks = async (agent: Agent, text: string, job: string) => {
    const running = await agent.start(text);
    try {
      const expected = (await webhookPods()).map((pod) => [pod, '9102', 'up']).sort();
      expect(expected).not.toEqual([]);
      await eventually(async () => expect(webhooksOf(await targetsOf(running), job)).toEqual(expected));
    } finally {
      await running.stop();
    }
  };

  describe.each(Object.entries(styles))('%s', (_, { jobs, finds }) => {
    test.each(agents)('$name', async (agent) => {
      await findsBy(agent, configuration(throughApi(await jobs(), api.url)), finds);
    });
  });

  test.each(agents)('our job of the webhook finds every replica: $name', async (agent) => {
    // Beside an annotation job it leaves them alone: the chart annotates them.
    await findsWebhooks(agent, configuration(throughApi(sidecarJobs(false), api.url)), webhook.job);
  });

  test.each([true, false])(
    'promtool and vmagent know every key of scrape-config (annotation job: %s)',
    async (annotationJob) => {
      const folder = await mkdtemp(join(tmpdir(), 'metrics-sidecar-jobs-'));
      const file = join(folder, 'prometheus.yml');
      await writeFile(file, scrapeConfigFile({ annotationJob, namespaces: [] }));
      const ended = [
        await run('promtool', ['check', 'config', '--lint=all', file]),
        await run('vmagent', ['-dryRun', `-promscrape.config=${file}`, '-remoteWrite.url=http://127.0.0.1:9']),
      ];
      await rm(folder, { recursive: true });
      expect(ended.map(({ code, err }) => ({ code, said: code === 0 ? '' : err }))).toEqual([taken, taken]);
    },
  );

  describe.skipIf(withoutOperator)('by the operator', () => {
    let running: ReturnType<typeof startOperator>;
    let remove: () => Promise<void>;
    beforeAll(async () => {
      if (typeof operator === 'string') return;
      remove = await installDefinitions(operator);
      await createPrometheuses(api.url);
      running = startOperator(operator, api.url, namespace);
    });
    afterAll(async () => {
      await running?.stop();
      await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
      await remove?.();
    });

    describe.each(['alone', 'beside'] as const)('the PodMonitor %s', (style) => {
      let folder: string;
      let text: string;
      beforeAll(async () => {
        folder = await mkdtemp(join(tmpdir(), 'metrics-sidecar-rules-'));
        const jobs = (await chartMonitors(style)).filter(({ kind }) => kind !== 'PrometheusRule').map(jobOf);
        const files = await generatedRules(namespace, style);
        for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
        text = (await generatedConfiguration(namespace, style, jobs)).replace(
          /\/etc\/prometheus\/rules\/[\w-]+/,
          folder,
        );
        await writeFile(join(folder, 'prometheus.yml'), text);
      });
      afterAll(() => rm(folder, { recursive: true, force: true }));

      test('promtool takes the configuration and the rules that are made of the chart', async () => {
        const { code, out, err } = await run('promtool', [
          'check',
          'config',
          '--lint=all',
          join(folder, 'prometheus.yml'),
        ]);
        expect({ code, err }).toEqual({ code: 0, err: '' });
        expect(out).toContain(`SUCCESS: ${alerts} rules found`);
      });

      test.each(agents)('$name', (agent) => findsBy(agent, text, operatorStyles[style]));
    });

    test.each(agents)('the ServiceMonitor finds every webhook: $name', async (agent) => {
      const [job] = (await chartMonitors('alone')).filter(({ kind }) => kind === 'ServiceMonitor').map(jobOf);
      await findsWebhooks(agent, await generatedConfiguration(namespace, 'alone', [job!]), job!);
    });
  });
});
