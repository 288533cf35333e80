import { labelled } from '../exposition/metric/family.ts';
import type { MetricStore } from '../exposition/metric/metric-store.ts';
import type { Logger } from '../runtime/logger.ts';

/** What we tell of a page that is merged, under the prefix of whoever merges it. */
export const mergeMetrics = {
  up: { type: 'gauge', labels: [], help: 'Whether the page to merge was got and is on this page.' },
  duration_seconds: { type: 'gauge', labels: [], help: 'How long it took to get and read the page to merge.' },
  bad_lines_total: { type: 'counter', labels: [], help: 'Lines of the page to merge that were left out.' },
  errors_total: {
    type: 'counter',
    labels: ['reason'],
    help: 'Times that the page to merge was left out, by reason.',
  },
} as const satisfies Record<string, { type: 'gauge' | 'counter'; labels: readonly string[]; help: string }>;

export interface MergeMetrics {
  up(value: boolean): void;
  duration(seconds: number): void;
  error(reason: string): void;
  badLines(count: number): void;
}

interface MergeMetricsOptions {
  readonly source: string;
  readonly store: MetricStore;
  readonly ownPrefix: string;
  readonly log: Logger;
}

/** Declares all of them at once, so that no application's metric takes one of their names. */
export function declareMergeMetrics({ source, store, ownPrefix, log }: MergeMetricsOptions): MergeMetrics {
  const metric = (key: keyof typeof mergeMetrics) => {
    const { type, labels, help } = mergeMetrics[key];
    const name = ownPrefix + key;
    const family = store.family({ name, type, help, owner: `${source}/own` });
    if (!family.ok) log.warn('a metric of our own was refused', { metric: name, reason: family.reason });
    return (...values: readonly string[]) => {
      const series = family.ok ? family.value.series(labelled(labels, values)) : family;
      return series.ok ? series.value : undefined;
    };
  };
  const up = metric('up')();
  const duration = metric('duration_seconds')();
  const badLines = metric('bad_lines_total')();
  const errors = metric('errors_total');
  return {
    up: (value) => void up?.set(value ? 1 : 0),
    duration: (seconds) => void duration?.set(seconds),
    badLines: (count) => badLines?.add(count),
    error: (reason) => errors(reason)?.add(1),
  };
}
