import type { MetricStore } from '../exposition/metric/metric-store.ts';
import { metricTable } from '../exposition/own/metric-table.ts';
import { declareTable } from '../exposition/own/own-series.ts';
import type { Logger } from '../runtime/logger.ts';

/** The metrics about a page that is merged, under the prefix of the runtime that merges it. */
export function mergeMetrics(prefix: string) {
  return metricTable(prefix, {
    up: { type: 'gauge', labels: [], help: 'Whether the page to merge was got and is on this page.' },
    duration_seconds: { type: 'gauge', labels: [], help: 'How long it took to get and read the page to merge.' },
    bad_lines_total: { type: 'counter', labels: [], help: 'Lines of the page to merge that were left out.' },
    errors_total: {
      type: 'counter',
      labels: ['reason'],
      help: 'Times that the page to merge was left out, by reason.',
    },
  });
}

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

/** Declares the metrics about a merged page, so that no application's metric takes one of their names. */
export function declareMergeMetrics({ source, store, ownPrefix, log }: MergeMetricsOptions): MergeMetrics {
  const series = declareTable(store, mergeMetrics(ownPrefix), `${source}/own`, (metric, { reason }) =>
    log.warn('a metric of our own was refused', { metric, reason }),
  );
  const up = series('up');
  const duration = series('duration_seconds');
  const badLines = series('bad_lines_total');
  return {
    up: (value) => void up?.set(value ? 1 : 0),
    duration: (seconds) => void duration?.set(seconds),
    badLines: (count) => badLines?.add(count),
    error: (reason) => series('errors_total', reason)?.add(1),
  };
}
