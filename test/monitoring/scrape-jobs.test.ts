import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { planScrape } from '../../src/inject/plan/scrape-plan.ts';
import { readScrapeAnnotations } from '../../src/inject/pod/scrape-annotations.ts';
import { type ScrapeConfigOptions, scrapeConfigFile, scrapeJobs } from '../../src/monitoring/scrape-jobs.ts';

interface Rule {
  readonly source_labels: readonly string[];
  readonly regex?: string;
  readonly action?: 'keep' | 'drop';
  readonly target_label?: string;
}
interface Job {
  readonly job_name: string;
  readonly honor_labels?: boolean;
  readonly kubernetes_sd_configs: readonly {
    readonly role: string;
    readonly namespaces?: object;
    readonly selectors: readonly { label: string }[];
  }[];
  readonly relabel_configs: readonly Rule[];
}
type Labels = Readonly<Record<string, string>>;

const both: ScrapeConfigOptions = { annotationJob: true, namespaces: [] };
const jobs = (options = both) => load(scrapeJobs(options)) as readonly Job[];

/**
 * The target that Prometheus makes of a discovered one (prometheus, model/relabel): its labels, or undefined where it
 * is dropped.
 */
function relabel(rules: readonly Rule[], discovered: Labels): Labels | undefined {
  const labels: Record<string, string> = { ...discovered };
  for (const { source_labels: from, regex = '(.*)', action, target_label: to } of rules) {
    const value = from.map((name) => labels[name] ?? '').join(';');
    const match = new RegExp(`^(?:${regex})$`).exec(value);
    if ((action === 'keep' && match === null) || (action === 'drop' && match !== null)) return undefined;
    if (to !== undefined && match !== null) labels[to] = match[1]!;
  }
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith('__')));
}

const discovered = {
  __meta_kubernetes_namespace: 'shop',
  __meta_kubernetes_pod_name: 'web-1',
  __meta_kubernetes_pod_node_name: 'node-1',
  __meta_kubernetes_pod_phase: 'Running',
  __meta_kubernetes_pod_container_name: 'metrics-sidecar',
  __meta_kubernetes_pod_container_init: 'true',
  __meta_kubernetes_pod_container_port_name: 'ms-metrics',
  __meta_kubernetes_pod_container_port_protocol: 'TCP',
  __meta_kubernetes_pod_label_pod_template_hash: 'abc',
};
const found = { namespace: 'shop', pod: 'web-1', container: 'metrics-sidecar', node: 'node-1' };
const scrapedBy = '__meta_kubernetes_pod_annotation_metrics_sidecar_io_scraped_by';

describe('the job of the sidecars', () => {
  const sidecars = (labels: Labels, options = both) =>
    relabel(jobs(options)[0]!.relabel_configs, { ...discovered, ...labels });

  test.each<[string, Labels, Labels | undefined]>([
    ['a page', {}, found],
    ['the app label', { __meta_kubernetes_pod_label_app_kubernetes_io_name: 'web' }, { ...found, app: 'web' }],
    ['another port', { __meta_kubernetes_pod_container_port_name: 'http' }, undefined],
    ['no port name', { __meta_kubernetes_pod_container_port_name: '' }, undefined],
    ['the name on UDP', { __meta_kubernetes_pod_container_port_protocol: 'UDP' }, undefined],
    ['not yet', { __meta_kubernetes_pod_phase: 'Pending' }, undefined],
    ['no longer', { __meta_kubernetes_pod_phase: 'Succeeded' }, undefined],
    ['failed', { __meta_kubernetes_pod_phase: 'Failed' }, undefined],
    ['taken out', { __meta_kubernetes_pod_annotation_metrics_sidecar_io_scrape: 'false' }, undefined],
    ['scraped by the annotation job', { [scrapedBy]: 'prometheus-annotations' }, undefined],
  ])('%s', (_, labels, expected) => {
    expect(sidecars(labels)).toEqual(expected);
  });

  test('without an annotation job it takes those pods too', () => {
    expect(sidecars({ [scrapedBy]: 'prometheus-annotations' }, { ...both, annotationJob: false })).toEqual(found);
  });

  test.each<[string, Labels, boolean]>([
    ['nothing', {}, false],
    ['a port of its own', { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' }, true],
    ['not to be scraped', { 'prometheus.io/scrape': 'false' }, true],
  ])('what the injector writes on a pod that says %s decides who scrapes it', (_, annotations, ours) => {
    const plan = planScrape(
      readScrapeAnnotations(new Map(Object.entries(annotations))),
      9102,
      false,
      [],
      'annotations',
    );
    const meta = Object.fromEntries(
      [...plan.set].map(([key, value]) => [`__meta_kubernetes_pod_annotation_${key.replace(/\W/g, '_')}`, value]),
    );
    expect(sidecars(meta) !== undefined).toBe(ours);
  });

  test('asks the API server for injected pods alone and lets no label pass for the target’s', () => {
    const [job] = jobs();
    expect(job).toMatchObject({ job_name: 'metrics-sidecars', honor_labels: false });
    expect(job!.kubernetes_sd_configs).toEqual([
      { role: 'pod', selectors: [{ role: 'pod', label: 'metrics-sidecar.io/injected=true' }] },
    ]);
  });
});

describe('the job of the webhook', () => {
  const webhook = (labels: Labels, options = both) =>
    relabel(jobs(options)[1]!.relabel_configs, {
      ...discovered,
      __meta_kubernetes_pod_container_name: 'webhook',
      __meta_kubernetes_pod_container_port_name: 'web',
      ...labels,
    });

  test('finds its page', () => {
    expect(webhook({})).toEqual({ ...found, container: 'webhook' });
    expect(webhook({ __meta_kubernetes_pod_container_port_name: 'https' })).toBeUndefined();
  });

  test('leaves it to the annotation job where it is annotated', () => {
    const annotated = { __meta_kubernetes_pod_annotation_prometheus_io_scrape: 'true' };
    expect(webhook(annotated)).toBeUndefined();
    expect(webhook(annotated, { ...both, annotationJob: false })).toEqual({ ...found, container: 'webhook' });
  });
});

test('namespaces bound what is asked for', () => {
  for (const job of jobs({ annotationJob: true, namespaces: ['shop', 'metrics'] })) {
    expect(job.kubernetes_sd_configs[0]!.namespaces).toEqual({ names: ['shop', 'metrics'] });
  }
});

test('the file has the list and nothing else', () => {
  expect(load(scrapeConfigFile(both))).toEqual({ scrape_configs: jobs() });
});

test('every relabel rule says why', () => {
  const lines = scrapeConfigFile(both).split('\n');
  const rules = lines.flatMap((line, i) => (line.includes('- source_labels') ? [lines[i - 1]!] : []));
  expect(rules.length).toBeGreaterThan(10);
  for (const line of rules) expect(line).toMatch(/^\s+# .+\.$/);
});

test('no $, which collectors take for a variable', () => {
  expect(scrapeConfigFile(both)).not.toContain('$');
});
