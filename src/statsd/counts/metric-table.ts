import type { MetricType } from '../../exposition/metric/family.ts';
import type { MappingState } from '../mapping/file/live-mapping.ts';
import type { SeriesAggregate } from '../series/series-aggregate.ts';
import type { Scratch } from '../series/sketch.ts';
import type { LineTable } from '../table/line-table.ts';
import type { StatsdCounters } from './statsd-counters.ts';

const PREFIX = 'statsd_exporter_';

/** What the counts come from. */
export interface OwnSources {
  readonly counters: StatsdCounters;
  readonly table: LineTable;
  readonly aggregate: SeriesAggregate;
  readonly sketches: Scratch;
  /** Datagrams that the kernel dropped for want of buffer; undefined where it does not say. */
  readonly kernelDrops: () => Promise<number | undefined>;
  /** The mapping and its file; undefined: none was asked for. */
  readonly mapping: () => MappingState | undefined;
}

/** What is told of a metric, apart from its values. Docs and `metrics-sidecar metrics` are made from it. */
export interface Declaration {
  readonly name: string;
  readonly type: MetricType;
  readonly labels: readonly string[];
  readonly help: string;
}

/** Numbers, each with a value for every label. */
type Reading<Labels extends readonly string[]> = readonly (readonly [
  value: number,
  ...labels: { readonly [I in keyof Labels]: string } & readonly string[],
])[];

export interface OwnMetric extends Declaration {
  readonly read: (sources: OwnSources) => Reading<readonly string[]>;
}

const metric =
  (type: MetricType) =>
  <const Labels extends readonly string[]>(
    name: string,
    labels: Labels,
    help: string,
    read: (sources: OwnSources) => Reading<Labels>,
  ): OwnMetric => ({ name: PREFIX + name, type, labels, help, read });
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
const theirs: readonly OwnMetric[] = [
  counter('lines_total', [], 'The total number of StatsD lines received.', ({ counters }) => single(counters.lines)),
  counter('samples_total', [], 'The total number of StatsD samples received.', ({ counters }) =>
    single(counters.samples),
  ),
  counter('sample_errors_total', ['reason'], 'The total number of errors parsing StatsD samples.', ({ counters }) => [
    ...byLabel(counters.lineErrors),
    ...byLabel(counters.sampleErrors),
  ]),
  counter('tag_errors_total', [], 'The number of errors parsing DogStatsD tags.', ({ counters }) =>
    single(counters.tagErrors),
  ),
  counter('tags_total', [], 'The total number of DogStatsD tags processed.', ({ counters }) => single(counters.tagged)),
  counter('events_total', ['type'], 'The total number of StatsD events seen.', ({ counters }) => [
    [counters.counterSamples, 'counter'],
    [counters.gaugeSamples, 'gauge'],
    [counters.observerSamples, 'observer'],
  ]),
  counter('events_unmapped_total', [], 'The total number of StatsD events no mapping was found for.', ({ counters }) =>
    single(counters.unmapped),
  ),
  counter(
    'events_actions_total',
    ['action'],
    'The total number of StatsD events by action.',
    ({ counters, mapping }) =>
      mapping() === undefined
        ? []
        : [
            [counters.mapped, 'map'],
            [counters.droppedSamples, 'drop'],
          ],
  ),
  counter(
    'events_error_total',
    ['reason'],
    'The total number of StatsD events discarded due to errors.',
    ({ counters }) => byLabel(counters.eventErrors),
  ),
  counter(
    'events_conflict_total',
    ['type', 'metric_name'],
    'The total number of StatsD events with conflicting names.',
    ({ counters }) => [...counters.conflicts.values()].map(({ kind, name, count }) => [count, kind, name]),
  ),
  gauge('metrics_total', ['type'], 'The total number of metrics.', ({ aggregate }) => byLabel(aggregate.shapes.counts)),
  gauge('loaded_mappings', [], 'The current number of configured metric mappings.', ({ mapping }) =>
    single(mapping()?.rules ?? 0),
  ),
  counter('config_reloads_total', ['outcome'], 'The number of configuration reloads.', ({ mapping }) =>
    byLabel(new Map(Object.entries(mapping()?.reloads ?? {}))),
  ),
  counter('udp_packets_total', [], 'The total number of StatsD packets received over UDP.', ({ counters }) =>
    single(counters.udpPackets),
  ),
  counter('tcp_connections_total', [], 'The total number of TCP connections handled.', ({ counters }) =>
    single(counters.tcpConnections),
  ),
  counter('tcp_connection_errors_total', [], 'The number of errors encountered reading from TCP.', ({ counters }) =>
    single(counters.tcpConnectionErrors),
  ),
  counter('tcp_too_long_lines_total', [], 'The number of lines discarded due to being too long.', ({ counters }) =>
    single(counters.tcpTooLongLines),
  ),
  counter('unixgram_packets_total', [], 'The total number of StatsD packets received over Unixgram.', ({ counters }) =>
    single(counters.sockets.unixgramPackets),
  ),
  counter('relay_lines_relayed_total', ['target'], 'The number of lines that were buffered to be relayed.', (sources) =>
    byTarget(sources, 'lines'),
  ),
  counter('relay_long_lines_total', ['target'], 'The number lines that were too long to relay.', (sources) =>
    byTarget(sources, 'longLines'),
  ),
  counter('relay_packets_total', ['target'], 'The number of StatsD packets relayed.', (sources) =>
    byTarget(sources, 'packets'),
  ),
];

const ours: readonly OwnMetric[] = [
  gauge('series', ['type'], 'The number of label sets of StatsD metrics that live now.', ({ aggregate }) =>
    byLabel(aggregate.series),
  ),
  counter(
    'series_expired_total',
    [],
    'The total number of label sets that outlived their time to live.',
    ({ aggregate }) => single(aggregate.expired),
  ),
  counter(
    'events_conflict_reasons_total',
    ['reason'],
    'The total number of StatsD events with conflicting names, by what conflicts.',
    ({ counters }) => byLabel(counters.conflictReasons),
  ),
  gauge('summary_bytes', [], 'The memory that the quantiles of summaries take, in bytes, about.', ({ sketches }) =>
    single(sketches.held),
  ),
  counter(
    'summaries_shortened_total',
    [],
    'How often observations of a summary were folded early because summaries take more memory than there is for them.',
    ({ sketches }) => single(sketches.shortened),
  ),
  gauge(
    'config_last_reload_successful',
    [],
    'Whether the mapping that is there now is the one in use: 1, or 0 where it is wrong or missing.',
    ({ mapping }) => {
      const state = mapping();
      return state === undefined ? [] : single(state.problem === undefined ? 1 : 0);
    },
  ),
  counter('lines_empty_total', [], 'The total number of empty StatsD lines, part of lines_total.', ({ counters }) =>
    single(counters.linesEmpty),
  ),
  counter(
    'lines_accepted_total',
    [],
    'The total number of StatsD lines that were well-formed; their samples may have been refused.',
    ({ counters }) => single(counters.linesAccepted),
  ),
  counter(
    'sections_ignored_total',
    [],
    'The total number of sections of StatsD samples that are not known; their samples were taken without them.',
    ({ counters }) => single(counters.sectionsIgnored),
  ),
  counter(
    'dogstatsd_messages_total',
    ['kind'],
    'The total number of DogStatsD events and service checks, part of lines_accepted_total.',
    ({ counters }) => byLabel(counters.messages),
  ),
  counter(
    'tcp_connections_refused_total',
    [],
    'The number of TCP connections closed because there were too many.',
    ({ counters }) => single(counters.tcpConnectionsRefused),
  ),
  counter('udp_errors_total', [], 'The number of errors encountered reading from UDP.', ({ counters }) =>
    single(counters.udpErrors),
  ),
  counter(
    'udp_workers_ended_total',
    [],
    'The number of threads receiving UDP that ended by themselves; each was replaced.',
    ({ counters }) => single(counters.sockets.udpWorkersEnded),
  ),
  counter(
    'line_cache_hits_total',
    [],
    'The number of StatsD lines known from an earlier one but for the value.',
    ({ counters }) => single(counters.linesKnown),
  ),
  counter('line_cache_evictions_total', [], 'The number of lines that were forgotten.', ({ table }) =>
    single(table.evicted),
  ),
  gauge(
    'line_cache_length',
    [],
    'The number of different lines, apart from their values, that are known.',
    ({ table }) => single(table.known),
  ),
  counter(
    'relay_lines_dropped_total',
    ['target'],
    'The number of buffered lines that a relay target did not get: it could not be reached, or was too slow.',
    (sources) => byTarget(sources, 'linesDropped'),
  ),
  counter(
    'relay_errors_total',
    ['target'],
    'The number of errors in looking up, reaching or sending to a relay target.',
    (sources) => byTarget(sources, 'errors'),
  ),
  counter('unixgram_errors_total', [], 'The number of errors encountered reading from Unixgram.', ({ counters }) =>
    single(counters.sockets.unixgramErrors),
  ),
  counter('unix_connections_total', [], 'The total number of Unix stream connections handled.', ({ counters }) =>
    single(counters.sockets.unixConnections),
  ),
  counter(
    'unix_connections_framed_total',
    [],
    'The number of Unix stream connections that have a length before each packet, as DogStatsD clients do.',
    ({ counters }) => single(counters.sockets.unixConnectionsFramed),
  ),
  counter(
    'unix_connections_refused_total',
    [],
    'The number of Unix stream connections closed because there were too many.',
    ({ counters }) => single(counters.sockets.unixConnectionsRefused),
  ),
  counter(
    'unix_connection_errors_total',
    [],
    'The number of errors encountered reading from Unix stream connections.',
    ({ counters }) => single(counters.sockets.unixConnectionErrors),
  ),
  counter(
    'unix_too_long_lines_total',
    [],
    'The number of lines on Unix stream connections discarded due to being too long.',
    ({ counters }) => single(counters.sockets.unixTooLongLines),
  ),
];

/** What is read at once, for there is nothing to wait for. */
export const readMetrics: readonly OwnMetric[] = [...theirs, ...ours];

/** What the kernel says of the UDP sockets. */
export const kernelDrops: Declaration = {
  name: `${PREFIX}udp_packet_drops_total`,
  type: 'counter',
  labels: [],
  help: 'The total number of dropped StatsD packets which received over UDP.',
};

/** Everything that the runtime says of itself. */
export const statsdMetrics: readonly Declaration[] = [...readMetrics, kernelDrops];
