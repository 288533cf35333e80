import { type MetricTable, metricTable, type OwnMetric } from '../../exposition/own/metric-table.ts';
import type { MappingState } from '../mapping/file/live-mapping.ts';
import type { SeriesAggregate } from '../series/series-aggregate.ts';
import type { Scratch } from '../series/sketch.ts';
import type { LineTable } from '../table/line-table.ts';
import type { StatsdCounters } from './statsd-counters.ts';

const prefix = 'statsd_exporter_';

/** The sources of the numbers. */
export interface OwnSources {
  readonly counters: StatsdCounters;
  readonly table: LineTable;
  readonly aggregate: SeriesAggregate;
  readonly sketches: Scratch;
  /** Datagrams that the kernel dropped because the buffer was full; undefined where it does not say. */
  readonly kernelDrops: () => Promise<number | undefined>;
  /** The mapping and its file; undefined: the flags name none. */
  readonly mapping: () => MappingState | undefined;
}

/** The numbers of a metric now, each with a value for every label. */
type Reading<Labels extends readonly string[]> = readonly (readonly [
  value: number,
  ...labels: { readonly [I in keyof Labels]: string } & readonly string[],
])[];

/** A metric and the function that reads its numbers. */
interface ReadMetric extends OwnMetric {
  readonly read: (sources: OwnSources) => Reading<readonly string[]>;
}

const metric =
  <Type extends OwnMetric['type']>(type: Type) =>
  <const Labels extends readonly string[]>(
    labels: Labels,
    help: string,
    read: (sources: OwnSources) => Reading<Labels>,
  ) => ({ type, labels, help, read });
const counter = metric('counter');
const gauge = metric('gauge');
const single = (value: number): Reading<[]> => [[value]];
const byTarget = (
  { counters }: OwnSources,
  key: 'lines' | 'longLines' | 'packets' | 'linesDropped' | 'errors',
): Reading<['target']> => counters.sockets.relays.map((counts) => [counts[key], counts.target]);
const byLabel = (counts: ReadonlyMap<string, number>): Reading<[string]> =>
  [...counts].map(([label, value]) => [value, label]);

/** Names, types and help texts of statsd_exporter 0.30. */
const exporterRows = {
  lines_total: counter([], 'The total number of StatsD lines received.', ({ counters }) => single(counters.lines)),
  samples_total: counter([], 'The total number of StatsD samples received.', ({ counters }) =>
    single(counters.samples),
  ),
  sample_errors_total: counter(['reason'], 'The total number of errors parsing StatsD samples.', ({ counters }) => [
    ...byLabel(counters.lineErrors),
    ...byLabel(counters.sampleErrors),
  ]),
  tag_errors_total: counter([], 'The number of errors parsing DogStatsD tags.', ({ counters }) =>
    single(counters.tagErrors),
  ),
  tags_total: counter([], 'The total number of DogStatsD tags processed.', ({ counters }) => single(counters.tagged)),
  events_total: counter(['type'], 'The total number of StatsD events seen.', ({ counters }) => [
    [counters.counterSamples, 'counter'],
    [counters.gaugeSamples, 'gauge'],
    [counters.observerSamples, 'observer'],
  ]),
  events_unmapped_total: counter([], 'The total number of StatsD events no mapping was found for.', ({ counters }) =>
    single(counters.unmapped),
  ),
  events_actions_total: counter(['action'], 'The total number of StatsD events by action.', ({ counters, mapping }) =>
    mapping() === undefined
      ? []
      : [
          [counters.mapped, 'map'],
          [counters.droppedSamples, 'drop'],
        ],
  ),
  events_error_total: counter(
    ['reason'],
    'The total number of StatsD events discarded due to errors.',
    ({ counters }) => byLabel(counters.eventErrors),
  ),
  events_conflict_total: counter(
    ['type', 'metric_name'],
    'The total number of StatsD events with conflicting names.',
    ({ counters }) => [...counters.conflicts.values()].map(({ kind, name, count }) => [count, kind, name]),
  ),
  metrics_total: gauge(['type'], 'The total number of metrics.', ({ aggregate }) => byLabel(aggregate.shapes.counts)),
  loaded_mappings: gauge([], 'The current number of configured metric mappings.', ({ mapping }) =>
    single(mapping()?.rules ?? 0),
  ),
  config_reloads_total: counter(['outcome'], 'The number of configuration reloads.', ({ mapping }) =>
    byLabel(new Map(Object.entries(mapping()?.reloads ?? {}))),
  ),
  udp_packets_total: counter([], 'The total number of StatsD packets received over UDP.', ({ counters }) =>
    single(counters.udpPackets),
  ),
  tcp_connections_total: counter([], 'The total number of TCP connections handled.', ({ counters }) =>
    single(counters.tcpConnections),
  ),
  tcp_connection_errors_total: counter([], 'The number of errors encountered reading from TCP.', ({ counters }) =>
    single(counters.tcpConnectionErrors),
  ),
  tcp_too_long_lines_total: counter([], 'The number of lines discarded due to being too long.', ({ counters }) =>
    single(counters.tcpTooLongLines),
  ),
  unixgram_packets_total: counter([], 'The total number of StatsD packets received over Unixgram.', ({ counters }) =>
    single(counters.sockets.unixgramPackets),
  ),
  relay_lines_relayed_total: counter(['target'], 'The number of lines that were buffered to be relayed.', (sources) =>
    byTarget(sources, 'lines'),
  ),
  relay_long_lines_total: counter(['target'], 'The number lines that were too long to relay.', (sources) =>
    byTarget(sources, 'longLines'),
  ),
  relay_packets_total: counter(['target'], 'The number of StatsD packets relayed.', (sources) =>
    byTarget(sources, 'packets'),
  ),
};

/** Metrics that statsd_exporter does not have. */
const furtherRows = {
  series: gauge(['type'], 'The number of label sets of StatsD metrics that live now.', ({ aggregate }) =>
    byLabel(aggregate.series),
  ),
  series_expired_total: counter(
    [],
    'The total number of label sets that outlived their time to live.',
    ({ aggregate }) => single(aggregate.expired),
  ),
  events_conflict_reasons_total: counter(
    ['reason'],
    'The total number of StatsD events with conflicting names, by what conflicts.',
    ({ counters }) => byLabel(counters.conflictReasons),
  ),
  summary_bytes: gauge([], 'The memory that the quantiles of summaries take, in bytes, about.', ({ sketches }) =>
    single(sketches.bytes),
  ),
  summaries_shortened_total: counter(
    [],
    'How often observations of a summary were folded early because summaries take more memory than there is for them.',
    ({ sketches }) => single(sketches.shortened),
  ),
  config_last_reload_successful: gauge(
    [],
    'Whether the mapping that is there now is the one in use: 1, or 0 where it is wrong or missing.',
    ({ mapping }) => {
      const state = mapping();
      return state === undefined ? [] : single(state.problem === undefined ? 1 : 0);
    },
  ),
  lines_empty_total: counter([], 'The total number of empty StatsD lines, part of lines_total.', ({ counters }) =>
    single(counters.linesEmpty),
  ),
  lines_accepted_total: counter(
    [],
    'The total number of StatsD lines that were well-formed; their samples may have been refused.',
    ({ counters }) => single(counters.linesAccepted),
  ),
  sections_ignored_total: counter(
    [],
    'The total number of sections of StatsD samples that are not known; their samples were taken without them.',
    ({ counters }) => single(counters.sectionsIgnored),
  ),
  dogstatsd_messages_total: counter(
    ['kind'],
    'The total number of DogStatsD events and service checks, part of lines_accepted_total.',
    ({ counters }) => byLabel(counters.messages),
  ),
  tcp_connections_refused_total: counter(
    [],
    'The number of TCP connections closed because there were too many.',
    ({ counters }) => single(counters.tcpConnectionsRefused),
  ),
  udp_errors_total: counter([], 'The number of errors encountered reading from UDP.', ({ counters }) =>
    single(counters.udpErrors),
  ),
  udp_workers_ended_total: counter(
    [],
    'The number of threads receiving UDP that ended by themselves; each was replaced.',
    ({ counters }) => single(counters.sockets.udpWorkersEnded),
  ),
  line_cache_hits_total: counter(
    [],
    'The number of StatsD lines known from an earlier one but for the value.',
    ({ counters }) => single(counters.linesKnown),
  ),
  line_cache_evictions_total: counter([], 'The number of lines that were forgotten.', ({ table }) =>
    single(table.evicted),
  ),
  line_cache_length: gauge([], 'The number of different lines, apart from their values, that are known.', ({ table }) =>
    single(table.knownLines),
  ),
  relay_lines_dropped_total: counter(
    ['target'],
    'The number of buffered lines that a relay target did not get: it could not be reached, or was too slow.',
    (sources) => byTarget(sources, 'linesDropped'),
  ),
  relay_errors_total: counter(
    ['target'],
    'The number of errors in looking up, reaching or sending to a relay target.',
    (sources) => byTarget(sources, 'errors'),
  ),
  unixgram_errors_total: counter([], 'The number of errors encountered reading from Unixgram.', ({ counters }) =>
    single(counters.sockets.unixgramErrors),
  ),
  unix_connections_total: counter([], 'The total number of Unix stream connections handled.', ({ counters }) =>
    single(counters.sockets.unixConnections),
  ),
  unix_connections_framed_total: counter(
    [],
    'The number of Unix stream connections that have a length before each packet, as DogStatsD clients do.',
    ({ counters }) => single(counters.sockets.unixConnectionsFramed),
  ),
  unix_connections_refused_total: counter(
    [],
    'The number of Unix stream connections closed because there were too many.',
    ({ counters }) => single(counters.sockets.unixConnectionsRefused),
  ),
  unix_connection_errors_total: counter(
    [],
    'The number of errors encountered reading from Unix stream connections.',
    ({ counters }) => single(counters.sockets.unixConnectionErrors),
  ),
  unix_too_long_lines_total: counter(
    [],
    'The number of lines on Unix stream connections discarded due to being too long.',
    ({ counters }) => single(counters.sockets.unixTooLongLines),
  ),
};

/** The metrics that can be read at once. */
export const readMetrics: Readonly<Record<string, ReadMetric>> = metricTable(prefix, {
  ...exporterRows,
  ...furtherRows,
});

/** The counts of the kernel for the UDP sockets, which are read asynchronously. */
export const kernelMetrics = metricTable(prefix, {
  udp_packet_drops_total: {
    type: 'counter',
    labels: [],
    help: 'The total number of dropped StatsD packets which received over UDP.',
  },
});

/** The metrics of the runtime itself. */
export const statsdMetrics: MetricTable = { ...readMetrics, ...kernelMetrics };
