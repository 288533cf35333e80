import type { MetricStore } from '../exposition/metric/metric-store.ts';
import type { Logger } from '../runtime/logger.ts';
import { type Shown, shownSeries } from './optional-series.ts';
import { type RangeFile, readErrors, type StatFile } from './port-metrics.ts';
import type { ReadProblem } from './proc-file.ts';

/** `malformed`: nothing in the file was as it should be. `no_field`: a field was not there or was no number. */
export type Reason = ReadProblem | 'malformed' | 'no_field';

const owner = 'port-monitor/own';

/** Counts what could not be read; each kind is logged the first time. */
export interface ReadErrors {
  count(file: StatFile | RangeFile, reason: Reason, field?: string): void;
  /** File, reason and count. */
  seen(): readonly (readonly [file: string, reason: string, count: number])[];
}

export function createReadErrors(store: MetricStore, log: Logger): ReadErrors {
  const [name, help, [ofFile, ofReason]] = readErrors;
  const counted = new Map<string, { file: string; reason: string; count: number; shown: Shown }>();
  const logged = new Set<string>();
  store.family({ name, type: 'counter', help, owner });
  return {
    count(file, reason, field = '') {
      const key = `${file} ${reason}`;
      let entry = counted.get(key);
      if (entry === undefined) {
        const labels = [[ofFile, file] as const, [ofReason, reason] as const];
        entry = { file, reason, count: 0, shown: shownSeries(store, { name, type: 'counter', help, labels, owner }) };
        counted.set(key, entry);
      }
      entry.shown.show(++entry.count);
      const what = `${key} ${field}`;
      if (logged.has(what)) return;
      logged.add(what);
      log.info('port-monitor cannot read', { file, reason, ...(field && { field }) });
    },
    seen: () => [...counted.values()].map(({ file, reason, count }) => [file, reason, count]),
  };
}
