import { readFile } from 'node:fs/promises';
import { dump, load, loadAll } from 'js-yaml';
import { expect } from 'vitest';
import { scrapeJobs } from '../../src/monitoring/scrape-jobs.ts';

export interface Discovery {
  readonly role: string;
  readonly namespaces?: { readonly names?: readonly string[] };
  readonly selectors?: readonly { readonly label?: string }[];
}

export interface Job {
  readonly job_name: string;
  readonly kubernetes_sd_configs?: readonly Discovery[];
  readonly relabel_configs?: readonly object[];
  readonly [key: string]: unknown;
}

const stock = new URL('../../examples/prometheus/prometheus.yaml', import.meta.url);

/**
 * The jobs `kubernetes-pods` and `kubernetes-pods-slow` of the prometheus-community chart. The second is the first with
 * another rule for the annotations, and slower, which no test waits for.
 */
export async function stockJobs(): Promise<readonly Job[]> {
  const objects = loadAll(await readFile(stock, 'utf8')) as { kind: string; data: Record<string, string> }[];
  const file = objects.find(({ kind }) => kind === 'ConfigMap')!.data['prometheus.yml']!;
  const [pods] = (load(file) as { scrape_configs: [Job] }).scrape_configs;
  const [first, second, ...rules] = pods.relabel_configs!;
  expect([first, second]).toEqual([
    { source_labels: [`${annotation}scrape`], action: 'keep', regex: true },
    { source_labels: [`${annotation}scrape_slow`], action: 'drop', regex: true },
  ]);
  const keep = { source_labels: [`${annotation}scrape_slow`], action: 'keep', regex: true };
  return [pods, { ...pods, job_name: 'kubernetes-pods-slow', relabel_configs: [keep, ...rules] }];
}

const annotation = '__meta_kubernetes_pod_annotation_prometheus_io_';

/** The jobs, asking the API server at `api`. */
export function throughApi(jobs: readonly Job[], api: string): readonly Job[] {
  return jobs.map((job) => ({
    ...job,
    ...(job.kubernetes_sd_configs !== undefined && {
      kubernetes_sd_configs: job.kubernetes_sd_configs.map((discovery) => ({ ...discovery, api_server: api })),
    }),
  }));
}

/** A whole configuration of the jobs, with the intervals of a test. */
export function configuration(jobs: readonly Job[]): string {
  const global = { scrape_interval: '1s', scrape_timeout: '1s' };
  return dump({ global, scrape_configs: jobs }, { noRefs: true });
}

/** The jobs that `metrics-sidecar scrape-config` prints, for beside an annotation job or for where there is none. */
export function sidecarJobs(annotationJob: boolean): readonly Job[] {
  return load(scrapeJobs({ annotationJob, namespaces: [] })) as readonly Job[];
}
