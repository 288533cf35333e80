import { type FamilySpec, labelled, type MetricType } from '../exposition/metric/family.ts';
import type { Family, MetricStore } from '../exposition/metric/metric-store.ts';
import type { Ingest } from './push.ts';
import type { Facts } from './state/push-counts.ts';

const owner = 'ingest/own';

const durationBounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const sizeBounds = [256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216];

/** Families with their labels; docs and `metrics-sidecar metrics` are made from this table too. */
export const ingestMetrics = {
  pushes: [
    'ingest_pushes_total',
    'counter',
    'Pushes by route, outcome and, where refused, reason.',
    ['route', 'outcome', 'reason'],
  ],
  duration: [
    'ingest_push_duration_seconds',
    'histogram',
    'Time from the last byte of a push to its answer.',
    ['route'],
  ],
  size: ['ingest_push_size_bytes', 'histogram', 'Size of the bodies of pushes as they were received.', ['route']],
  samples: ['ingest_samples_total', 'counter', 'Samples taken from pushes.', []],
  refused: [
    'ingest_samples_rejected_total',
    'counter',
    'Problems found in refused pushes, by what is wrong.',
    ['reason'],
  ],
  lastPush: [
    'ingest_last_successful_push_timestamp_seconds',
    'gauge',
    'When a push was taken last, in seconds since the epoch.',
    [],
  ],
  clients: [
    'ingest_clients',
    'gauge',
    'Clients that push (live), and gone ones that are remembered (tombstone).',
    ['state'],
  ],
  expired: ['ingest_clients_expired_total', 'counter', 'Clients that pushed nothing for the client TTL.', []],
  revived: ['ingest_clients_revived_total', 'counter', 'Clients that came back after they had expired.', []],
  families: ['ingest_families', 'gauge', 'Families that were pushed and are exported.', []],
  series: ['ingest_series', 'gauge', 'Series that are exported, by how they come about.', ['kind']],
  values: ['ingest_values', 'gauge', 'Numbers held over all clients; the flag --ingest.value-limit bounds it.', []],
  resets: [
    'ingest_counter_resets_total',
    'counter',
    'Series that began anew in a client, by how it was noticed.',
    ['cause'],
  ],
  falls: [
    'ingest_counter_falls_total',
    'counter',
    'Values that fell. They are restarts once the next push confirms it; else two processes share a name.',
    [],
  ],
  unclear: [
    'ingest_ambiguous_values_total',
    'counter',
    'Values that may be of several processes under one name, and were not counted.',
    [],
  ],
  baselines: [
    'ingest_cold_start_baselines_total',
    'counter',
    'Series that a sidecar before may have counted, counted from their first value on.',
    [],
  ],
  identity: [
    'ingest_identity_conflicts_total',
    'counter',
    'Times that a client began anew so often that two processes must share its name.',
    [],
  ],
  aggregates: [
    'ingest_aggregate_conflicts_total',
    'counter',
    'Values of a gauge whose client asked for another aggregation than the one in force.',
    [],
  ],
  helps: ['ingest_help_conflicts_total', 'counter', 'Families pushed with another help text than the first.', []],
  layouts: [
    'ingest_histogram_layout_conflicts_total',
    'counter',
    'Histograms of a client with other bounds than the exported series has.',
    [],
  ],
} as const satisfies Readonly<
  Record<string, readonly [name: string, type: MetricType, help: string, labels: readonly string[]]>
>;

type Key = keyof typeof ingestMetrics;

/** What the runtime says of itself. */
export interface OwnMetrics {
  /** @param reason the code of the answer; empty where the push was taken */
  pushed(route: string, reason: string): void;
  /** @param seconds from the last byte to the answer */
  measured(route: string, bytes: number, seconds: number): void;
  /** What was wrong with the parts of a refused push. */
  refused(code: string, count: number): void;
  facts(facts: Facts): void;
  /** @param now ms since the epoch */
  taken(now: number): void;
  /** Brings the gauges up to date. */
  refresh(ingest: Ingest): void;
  /** Pushes so far, by reason; empty: taken. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Samples taken so far. */
  samples(): number;
}

/** Declares every family at once, so that nobody else can push under these names. */
export function createOwnMetrics(store: MetricStore): OwnMetrics {
  const families = new Map<Key, Family>();
  for (const [key, [name, type, help]] of Object.entries(ingestMetrics) as [Key, (typeof ingestMetrics)[Key]][]) {
    const bounds = key === 'duration' ? durationBounds : key === 'size' ? sizeBounds : undefined;
    const spec: FamilySpec = { name, type, help, owner, ...(bounds && { bounds }) };
    const declared = store.family(spec);
    // A page without room for our own families still serves what is pushed.
    if (declared.ok) families.set(key, declared.value);
  }
  const outcomes = new Map<string, number>();
  const series = (key: Key, ...values: readonly string[]) => {
    const made = families.get(key)?.series(labelled(ingestMetrics[key][3], values));
    return made?.ok ? made.value : undefined;
  };
  const count = (key: Key, n: number, ...values: readonly string[]) => {
    if (n > 0) series(key, ...values)?.add(n);
  };
  let samples = 0;
  return {
    outcomes,
    samples: () => samples,
    pushed(route, reason) {
      const outcome = reason === '' ? 'accepted' : 'rejected';
      count('pushes', 1, route, outcome, reason);
      outcomes.set(reason, (outcomes.get(reason) ?? 0) + 1);
    },
    measured(route, bytes, seconds) {
      series('size', route)?.observe(bytes, 1);
      series('duration', route)?.observe(seconds, 1);
    },
    refused(code, n) {
      count('refused', n, code);
    },
    facts(facts) {
      samples += facts.samples;
      for (const [key, n, ...values] of countsOf(facts)) count(key, n, ...values);
    },
    taken(now) {
      series('lastPush')?.set(now / 1000);
    },
    refresh(ingest) {
      for (const [key, n, ...values] of gaugesOf(ingest)) series(key, ...values)?.set(n);
    },
  };
}

type Sample = readonly [key: Key, value: number, ...labels: readonly string[]];

function countsOf(facts: Facts): readonly Sample[] {
  return [
    ['samples', facts.samples],
    ['expired', facts.expired],
    ['revived', facts.revived],
    ['resets', facts.restarts, 'restart'],
    ['resets', facts.decreases, 'decrease'],
    ['falls', facts.falls],
    ['unclear', facts.unclear],
    ['baselines', facts.baselines],
    ['identity', facts.identityConflicts.length],
    ['aggregates', facts.aggregateConflicts],
    ['helps', facts.helpConflicts],
    ['layouts', facts.layoutConflicts],
  ];
}

function gaugesOf({ sources, outputs }: Ingest): readonly Sample[] {
  const kinds = { count: 0, histogram: 0, summary: 0, combine: 0 };
  for (const { kind } of outputs.series.values()) kinds[kind]++;
  return [
    ['clients', sources.live.size, 'live'],
    ['clients', sources.gone.size, 'tombstone'],
    ['values', sources.values],
    ['families', outputs.families.size],
    ...Object.entries(kinds).map(([kind, n]): Sample => ['series', n, kind]),
  ];
}
