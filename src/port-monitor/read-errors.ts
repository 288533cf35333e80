import type { MetricStore } from '../exposition/metric/metric-store.ts';
import { declareTable } from '../exposition/own/own-series.ts';
import type { Logger } from '../runtime/logger.ts';
import { portMonitorMetrics, type RangeFile, type StatFile } from './port-monitor-metrics.ts';
import type { ReadProblem } from './proc-file.ts';

/** `malformed`: nothing in the file was as it should be. `no_field`: a field was not there or was no number. */
export type ReadErrorReason = ReadProblem | 'malformed' | 'no_field';

/** Counts the files and fields that gave no number; each kind is logged the first time. */
export interface ReadErrors {
  count(file: StatFile | RangeFile, reason: ReadErrorReason, field?: string): void;
  counts(): readonly (readonly [file: string, reason: string, count: number])[];
}

export function createReadErrors(store: MetricStore, log: Logger): ReadErrors {
  const { read_errors_total } = portMonitorMetrics;
  const series = declareTable(store, { read_errors_total }, 'port-monitor/own');
  const errors = new Map<string, { file: string; reason: string; count: number }>();
  const logged = new Set<string>();
  return {
    count(file, reason, field = '') {
      const key = `${file} ${reason}`;
      const error = errors.get(key) ?? { file, reason, count: 0 };
      errors.set(key, error);
      series('read_errors_total', file, reason)?.set(++error.count);
      const what = `${key} ${field}`;
      if (logged.has(what)) return;
      logged.add(what);
      log.info('port-monitor cannot read', { file, reason, ...(field && { field }) });
    },
    counts: () => [...errors.values()].map(({ file, reason, count }) => [file, reason, count]),
  };
}
