import type { FamilySpec, Outcome } from '../../src/exposition/metric/family.ts';
import type {
  Family,
  MetricStore,
  Series,
  SeriesOptions,
  StoreLimits,
} from '../../src/exposition/metric/metric-store.ts';
import type { PageLimits } from '../../src/exposition/metric/parsed-page.ts';
import { createStore } from '../../src/exposition/store.ts';

export const storeLimits: StoreLimits = {
  families: 1000,
  series: 10_000,
  seriesPerFamily: 5000,
  labelsPerSeries: 16,
  labelValueBytes: 256,
};

export const pageLimits: PageLimits = {
  bytes: 1 << 20,
  lineCharacters: 4096,
  samples: 10_000,
  families: 1000,
  labelsPerSeries: 20,
  labelValueBytes: 1024,
};

/** 2026-01-02T03:04:05.678Z: what every series of a test is as old as. */
export const created = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

export function emptyStore(limits: Partial<StoreLimits> = {}): MetricStore {
  return createStore({ limits: { ...storeLimits, ...limits }, now: () => created });
}

/** The value of an outcome that must be good. */
export function good<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.value;
}

export function family(store: MetricStore, spec: Partial<FamilySpec> & Pick<FamilySpec, 'name' | 'type'>): Family {
  return good(store.family({ help: '', owner: 'test', ...spec }));
}

export function series(of: Family, labels: Record<string, string> = {}, options?: SeriesOptions): Series {
  return good(of.series(Object.entries(labels), options));
}

export function text(store: MetricStore): string {
  return store.render('text').toString();
}

export function openMetrics(store: MetricStore): string {
  return store.render('openmetrics').toString();
}
