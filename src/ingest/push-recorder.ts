import type { MetricStore } from '../exposition/metric/metric-store.ts';
import type { SeriesOf } from '../exposition/own/metric-table.ts';
import { declareTable } from '../exposition/own/own-series.ts';
import { ingestMetrics } from './ingest-metrics.ts';
import type { Ingest } from './push.ts';
import type { PushEvents } from './state/push-events.ts';

/** Counts the pushes for the runtime's own metrics. */
export interface PushRecorder {
  /** @param reason the code of the answer; empty where the push was accepted */
  pushed(route: string, reason: string): void;
  /** @param seconds from the last byte to the answer */
  measured(route: string, bytes: number, seconds: number): void;
  /** Counts problems of a refused push. */
  refused(code: string, count: number): void;
  /** Counts the events of a push or of an expiry. */
  count(events: PushEvents): void;
  /** @param now ms since the epoch */
  taken(now: number): void;
  /** Brings the gauges up to date. */
  refresh(ingest: Ingest): void;
  /** Pushes so far, by reason; empty: accepted. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Samples of all accepted pushes. */
  samples(): number;
}

/** Declares the runtime's own metrics, so that no push can take one of their names. */
export function createPushRecorder(store: MetricStore): PushRecorder {
  const series = declareTable(store, ingestMetrics, 'ingest/own');
  const outcomes = new Map<string, number>();
  let samples = 0;
  return {
    outcomes,
    samples: () => samples,
    pushed(route, reason) {
      const outcome = reason === '' ? 'accepted' : 'rejected';
      series('pushes_total', route, outcome, reason)?.add(1);
      outcomes.set(reason, (outcomes.get(reason) ?? 0) + 1);
    },
    measured(route, bytes, seconds) {
      series('push_size_bytes', route)?.observe(bytes, 1);
      series('push_duration_seconds', route)?.observe(seconds, 1);
    },
    refused(code, n) {
      series('samples_rejected_total', code)?.add(n);
    },
    count(events) {
      samples += events.samples;
      for (const [count, ...at] of countsOf(events)) {
        // A series comes onto the page with its first event.
        if (count > 0) series(...at)?.add(count);
      }
    },
    taken(now) {
      series('last_successful_push_timestamp_seconds')?.set(now / 1000);
    },
    refresh(ingest) {
      for (const [value, ...at] of gaugesOf(ingest)) series(...at)?.set(value);
    },
  };
}

type Sample = readonly [value: number, ...series: SeriesOf<typeof ingestMetrics>];

function countsOf(events: PushEvents): readonly Sample[] {
  return [
    [events.samples, 'samples_total'],
    [events.expired, 'clients_expired_total'],
    [events.revived, 'clients_revived_total'],
    [events.restarts, 'counter_resets_total', 'restart'],
    [events.decreases, 'counter_resets_total', 'decrease'],
    [events.falls, 'counter_falls_total'],
    [events.unclear, 'ambiguous_values_total'],
    [events.baselines, 'cold_start_baselines_total'],
    [events.identityConflicts.length, 'identity_conflicts_total'],
    [events.aggregateConflicts, 'aggregate_conflicts_total'],
    [events.helpConflicts, 'help_conflicts_total'],
    [events.layoutConflicts, 'histogram_layout_conflicts_total'],
  ];
}

function gaugesOf({ clients, outputs }: Ingest): readonly Sample[] {
  const kinds = { count: 0, histogram: 0, summary: 0, combine: 0 };
  for (const { kind } of outputs.series.values()) kinds[kind]++;
  return [
    [clients.live.size, 'clients', 'live'],
    [clients.gone.size, 'clients', 'tombstone'],
    [clients.values, 'values'],
    [outputs.families.size, 'families'],
    ...Object.entries(kinds).map(([kind, n]): Sample => [n, 'series', kind]),
  ];
}
