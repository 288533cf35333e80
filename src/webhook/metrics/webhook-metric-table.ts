import type { Registry } from 'prom-client';
import { metricTable, type OwnMetric } from '../../exposition/own/metric-table.ts';

export const metricPrefix = 'metrics_sidecar_webhook_';

/** Seconds, from the fastest pod up to the timeout of the API server (10 s by default; +Inf counts the rest). */
const durationBounds = [1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const patchBounds = [256, 1024, 2048, 4096, 8192, 16_384, 65_536, 262_144, 1_048_576];

/** The webhook's own metrics: the declarations, the docs and `metrics-sidecar metrics` are made from this table. */
export const webhookMetrics = metricTable(metricPrefix, {
  requests_total: {
    type: 'counter',
    labels: ['path', 'kind', 'outcome', 'dry_run'],
    help: 'Reviews answered, by path, kind of object, outcome, and whether it was a dry run.',
  },
  injections_total: {
    type: 'counter',
    labels: ['kind'],
    help: 'Pods that were given a sidecar, by the kind that runs in it; dry runs not counted.',
  },
  reasons_total: {
    type: 'counter',
    labels: ['code'],
    help: 'Reasons of the decisions, by code; dry runs not counted.',
  },
  warnings_total: { type: 'counter', labels: [], help: 'Warnings sent to clients; dry runs not counted.' },
  refused_requests_total: {
    type: 'counter',
    labels: ['code'],
    help: 'HTTP requests that were no review this webhook can answer, by code.',
  },
  tls_handshake_errors_total: {
    type: 'counter',
    labels: [],
    help: 'TLS connections that failed before a request; a wrong caBundle shows here.',
  },
  request_duration_seconds: {
    type: 'histogram',
    labels: ['path'],
    help: 'From the whole body of a review to its written answer.',
    bounds: durationBounds,
  },
  patch_bytes: {
    type: 'histogram',
    labels: [],
    help: 'Bytes of JSON Patch per answer that has one.',
    bounds: patchBounds,
  },
  reloads_total: {
    type: 'counter',
    labels: ['what', 'outcome'],
    help: 'Times a changed file was read again, by what it holds and whether it could be used.',
  },
  last_reload_successful: {
    type: 'gauge',
    labels: ['what'],
    help: 'Whether what the file holds now is in use (1), or an older version of it, or built-in defaults (0).',
  },
  loaded_timestamp_seconds: {
    type: 'gauge',
    labels: ['what'],
    help: 'When what is in use now was loaded, by what it is.',
  },
  certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    labels: [],
    help: 'When the serving certificate in use expires.',
  },
  ready: { type: 'gauge', labels: [], help: 'Whether the webhook is ready (1).' },
  in_flight_requests: { type: 'gauge', labels: [], help: 'Requests that are being read or answered.' },
  connections: { type: 'gauge', labels: [], help: 'Open TLS connections.' },
  connections_closed_total: {
    type: 'counter',
    labels: ['doing'],
    help: 'Connections that were closed to make room for new ones, by what they did: silent, idle or busy.',
  },
  build_info: { type: 'gauge', labels: ['version', 'node'], help: 'The version of the program, always 1.' },
  process_resident_memory_bytes: { type: 'gauge', labels: [], help: 'Resident memory.' },
  nodejs_heap_used_bytes: { type: 'gauge', labels: [], help: "Memory in use on V8's heap." },
  process_start_time_seconds: {
    type: 'gauge',
    labels: [],
    help: 'When the process started, in seconds since the epoch.',
  },
  process_open_fds: { type: 'gauge', labels: [], help: 'Open file descriptors.' },
  process_max_fds: { type: 'gauge', labels: [], help: 'The most file descriptors that may be open.' },
  process_cpu_seconds_total: { type: 'counter', labels: [], help: 'CPU time of the process, user and system.' },
  nodejs_eventloop_active_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Time that the event loop was busy.',
  },
  background_failures_total: {
    type: 'counter',
    labels: ['work'],
    help: 'Exceptions in work beside admission (watches, Events, certificates, …); it goes on after a rest.',
  },
  ca_bundle_synced: {
    type: 'gauge',
    labels: [],
    help: 'Whether the mutating registration exists and every caBundle verifies the certificate in use (1).',
  },
  clock_skew_seconds: {
    type: 'gauge',
    labels: [],
    help: "Seconds that the replica's clock is ahead of the API server's; negative: behind.",
  },
  authority_expiry_timestamp_seconds: {
    type: 'gauge',
    labels: [],
    help: 'When the authority that signs the certificates expires.',
  },
  client_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    labels: [],
    help: 'When the client certificate of a caller that is connected expires, of several the first.',
  },
  missed_pods: {
    type: 'gauge',
    labels: [],
    help: 'Pods that ask for a sidecar and were created without the webhook being asked.',
  },
  missed_pods_timestamp_seconds: {
    type: 'gauge',
    labels: [],
    help: 'When pods that were missed were looked for last.',
  },
  cluster_synced: {
    type: 'gauge',
    labels: ['resource'],
    help: 'Whether what is known of the cluster was ever complete (1), by resource.',
  },
  cluster_last_contact_timestamp_seconds: {
    type: 'gauge',
    labels: ['resource'],
    help: 'When the API server last confirmed what is known of the cluster, by resource.',
  },
  events_total: {
    type: 'counter',
    labels: ['outcome'],
    help: 'Decisions that were to be told to the owners of pods by Events, by what became of them.',
  },
  rotations_total: {
    type: 'counter',
    labels: ['what'],
    help: 'Times an authority or a serving certificate was issued by this replica.',
  },
});

export type WebhookMetric = keyof typeof webhookMetrics;

/** A metric of the table as prom-client declares it. */
export function declaration<Name extends WebhookMetric>(registers: Registry[], key: Name) {
  const { name, help, labels, bounds }: OwnMetric = webhookMetrics[key];
  const labelNames = labels as (typeof webhookMetrics)[Name]['labels'];
  return { name, help, labelNames, registers, ...(bounds && { buckets: [...bounds] }) };
}
