import type { SidecarSettings } from '../contract/command.ts';
import type { Labels } from '../exposition/family.ts';
import type { MetricStore } from '../exposition/metric-store.ts';
import { processMetrics } from '../exposition/process.ts';
import { createPageMerge, type PageMerge } from '../scrape/merge-page.ts';
import type { ScrapePage } from '../scrape/page.ts';
import type { Logger, Runtime } from '../scrape/runtime.ts';
import { version } from './version.ts';

/** Every name below begins with this: an application never uses it. */
export const prefix = 'metrics_sidecar_';
const owner = 'sidecar/own';

/** What the process itself tells, whatever kinds run in it. The docs are made from this table. */
export const selfMetrics = {
  build_info: { type: 'gauge', labels: ['version'], help: 'The version of this program; always 1.' },
  series: { type: 'gauge', labels: [], help: 'Series on the page.' },
  series_limit: { type: 'gauge', labels: [], help: 'The most series that the page holds.' },
  refused_total: {
    type: 'counter',
    labels: ['reason'],
    help: 'Families and series that were refused because they would have spoiled the page, by reason.',
  },
  merge_dropped_samples: {
    type: 'gauge',
    labels: ['source'],
    help: 'Samples of a merged page that the last page left out, because their name was taken.',
  },
  scrapes_total: { type: 'counter', labels: ['format', 'encoding'], help: 'Pages served.' },
  scrape_duration_seconds: { type: 'gauge', labels: [], help: 'How long it took to make the page before this one.' },
  scrape_bytes: { type: 'gauge', labels: [], help: 'The size of the page before this one, uncompressed.' },
  collect_failures_total: {
    type: 'counter',
    labels: ['kind', 'reason'],
    help: 'Times that a kind could not bring its values up to date for a page, or not in time.',
  },
} as const satisfies Record<string, { type: 'gauge' | 'counter'; labels: readonly string[]; help: string }>;

export interface SelfContext {
  readonly store: MetricStore;
  readonly log: Logger;
  readonly now: () => number;
  readonly page: ScrapePage;
}

/** The process as a runtime of its own: its metrics, and the application's page where it is to be merged. */
export function startSelf(settings: SidecarSettings, context: SelfContext): Runtime {
  const { store, page } = context;
  const refreshProcess = processMetrics(store, prefix, owner);
  const merge = appMerge(settings, context);
  const set = (name: keyof typeof selfMetrics, value: number, ...values: string[]) => {
    const { type, labels, help } = selfMetrics[name];
    const family = store.family({ name: prefix + name, type, help, owner });
    const pairs: Labels = labels.map((label, i) => [label, values[i]!]);
    const series = family.ok ? family.value.series(pairs) : family;
    if (series.ok) series.value.set(value);
  };
  set('build_info', 1, version);
  set('series_limit', settings.limitSeries);

  return {
    kind: 'sidecar',
    async collect(deadline) {
      refreshProcess();
      set('series', store.seriesCount);
      for (const [reason, count] of store.refused()) set('refused_total', count, reason);
      for (const [source, count] of store.foreignDropped()) set('merge_dropped_samples', count, source);
      const { scrapes, lastDurationSeconds, lastBytes, collect } = page.stats();
      for (const [key, count] of scrapes) set('scrapes_total', count, ...key.split(' '));
      set('scrape_duration_seconds', lastDurationSeconds);
      set('scrape_bytes', lastBytes);
      for (const [kind, count] of collect.failed) set('collect_failures_total', count, kind, 'error');
      for (const [kind, count] of collect.late) set('collect_failures_total', count, kind, 'late');
      await merge?.collect(deadline);
    },
    landing: () => [],
    async stop() {
      merge?.close();
    },
  };
}

function appMerge(settings: SidecarSettings, { store, log, now }: SelfContext): PageMerge | undefined {
  if (settings.mergeAppUrl === undefined) return undefined;
  return createPageMerge({
    source: 'app',
    url: settings.mergeAppUrl,
    limits: {
      bytes: settings.mergeMaxBytes,
      samples: settings.limitSeries,
      families: settings.limitFamilies,
      labelsPerSeries: settings.limitLabels,
      labelValueBytes: settings.limitLabelValue,
    },
    store,
    ownPrefix: `${prefix}app`,
    log,
    now,
  });
}
