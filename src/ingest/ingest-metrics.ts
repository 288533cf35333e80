import { metricTable } from '../exposition/own/metric-table.ts';

const durationBounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const sizeBounds = [256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216];

/** The metrics of the runtime itself. */
export const ingestMetrics = metricTable('ingest_', {
  pushes_total: {
    type: 'counter',
    labels: ['route', 'outcome', 'reason'],
    help: 'Pushes by route, outcome and, where refused, reason.',
  },
  push_duration_seconds: {
    type: 'histogram',
    labels: ['route'],
    help: 'Time from the last byte of a push to its answer.',
    bounds: durationBounds,
  },
  push_size_bytes: {
    type: 'histogram',
    labels: ['route'],
    help: 'Size of the bodies of pushes as they were received.',
    bounds: sizeBounds,
  },
  samples_total: { type: 'counter', labels: [], help: 'Samples taken from pushes.' },
  samples_rejected_total: {
    type: 'counter',
    labels: ['reason'],
    help: 'Problems found in refused pushes, by what is wrong.',
  },
  last_successful_push_timestamp_seconds: {
    type: 'gauge',
    labels: [],
    help: 'When a push was taken last, in seconds since the epoch.',
  },
  clients: {
    type: 'gauge',
    labels: ['state'],
    help: 'Clients that push (live), and gone ones that are remembered (tombstone).',
  },
  clients_expired_total: { type: 'counter', labels: [], help: 'Clients that pushed nothing for the client TTL.' },
  clients_revived_total: { type: 'counter', labels: [], help: 'Clients that came back after they had expired.' },
  families: { type: 'gauge', labels: [], help: 'Families that were pushed and are exported.' },
  series: { type: 'gauge', labels: ['kind'], help: 'Series that are exported, by how they come about.' },
  values: {
    type: 'gauge',
    labels: [],
    help: 'Numbers held over all clients; the flag --ingest.value-limit bounds it.',
  },
  counter_resets_total: {
    type: 'counter',
    labels: ['cause'],
    help: 'Series that a client started again from zero, by how it was noticed.',
  },
  counter_falls_total: {
    type: 'counter',
    labels: [],
    help: 'Values that fell. They are restarts once the next push confirms it; else two processes share a name.',
  },
  ambiguous_values_total: {
    type: 'counter',
    labels: [],
    help: 'Values that may be of several processes under one name, and were not counted.',
  },
  cold_start_baselines_total: {
    type: 'counter',
    labels: [],
    help: 'Series that a sidecar before may have counted, counted from their first value on.',
  },
  identity_conflicts_total: {
    type: 'counter',
    labels: [],
    help: 'Times that a client restarted so often that two processes must share its name.',
  },
  aggregate_conflicts_total: {
    type: 'counter',
    labels: [],
    help: 'Values of a gauge whose client asked for another aggregation than the one in force.',
  },
  help_conflicts_total: { type: 'counter', labels: [], help: 'Families pushed with another help text than the first.' },
  histogram_layout_conflicts_total: {
    type: 'counter',
    labels: [],
    help: 'Histograms of a client with other bounds than the exported series has.',
  },
});
