import type { Refusal } from '../../exposition/metric/family.ts';
import type { EventLine, ServiceCheckLine } from '../line/event-line.ts';
import type { LineReason } from '../line/parse-line.ts';
import type { MetricKind, SampleReason } from '../line/sample.ts';
import type { Conflict, ConflictReason } from '../series/conflict.ts';
import { Op } from '../series/op.ts';
import { type SocketCounts, socketCounts } from './socket-counts.ts';

/**
 * The reasons why a well-formed sample is refused: those of statsd_exporter, ours for values that would spoil a series
 * for good, and those of the page.
 */
export type EventReason =
  | 'illegal_negative_counter'
  | 'empty_metric_name'
  | 'non_finite_value'
  | 'name_limit'
  | Exclude<Refusal, ConflictReason>;

/** The most names with a counter of conflicts. Later names share one counter, so that a sender cannot grow our page. */
const mostConflicts = 100;

/**
 * The counts of everything received since the start. Two sums always hold:
 * lines = empty + accepted + all of `lineErrors`;
 * samples = counters + gauges + observers + dropped + all of `sampleErrors`, `eventErrors` and `conflicts`.
 */
export class StatsdCounters {
  udpPackets = 0;
  udpErrors = 0;
  tcpConnections = 0;
  tcpConnectionsRefused = 0;
  tcpConnectionErrors = 0;
  tcpTooLongLines = 0;
  readonly sockets: SocketCounts = socketCounts();
  lines = 0;
  linesEmpty = 0;
  linesAccepted = 0;
  /** Lines that the line table knew. */
  linesKnown = 0;
  samples = 0;
  /** Events and service checks of DogStatsD; they are among the accepted lines. */
  readonly messages = zeros<(EventLine | ServiceCheckLine)['kind']>('event', 'service_check');
  tagged = 0;
  tagErrors = 0;
  /** Unknown sections of samples. */
  sectionsIgnored = 0;
  /**
   * Accepted and dropped samples, by the bits `Op.counted` of their op. A typed array, since every line counts here.
   */
  readonly samplesByOp = new Float64Array(Op.counted + 1);
  /** Refused samples whose name a rule made. */
  mappedRefused = 0;
  /** Refused samples that no rule matched. */
  unmappedRefused = 0;
  // All reasons start at 0: the first refusal shows as an increase, and a full page has the series already.
  readonly lineErrors = zeros<LineReason>(
    'malformed_line',
    'mixed_tagging_styles',
    'not_enough_parts_after_colon',
    'invalid_extended_aggregate_type',
    'empty_metric_name',
    'malformed_event',
    'malformed_service_check',
  );
  readonly sampleErrors = zeros<SampleReason>(
    'malformed_component',
    'malformed_value',
    'invalid_sample_factor',
    'malformed_container_id',
    'illegal_event',
  );
  readonly eventErrors = zeros<EventReason>(
    'illegal_negative_counter',
    'empty_metric_name',
    'non_finite_value',
    'name_limit',
    'reserved_name',
    'reserved_label',
    'family_limit',
    'series_limit',
    'bytes_limit',
    'series_per_family_limit',
    'label_limit',
    'label_value_limit',
    'label_values_limit',
  );
  /** By kind and name. The empty name stands for all names beyond the first hundred. */
  readonly conflicts = new Map<string, Conflict>();
  /** The conflicts by reason. */
  readonly conflictReasons = zeros<ConflictReason>('type_conflict', 'suffix_conflict', 'owner_conflict');

  get counterSamples(): number {
    return this.#samplesOf(Op.counter) + this.#samplesOf(Op.scaledCounter);
  }

  get gaugeSamples(): number {
    return this.#samplesOf(Op.gauge) + this.#samplesOf(Op.scaledGauge);
  }

  get observerSamples(): number {
    return this.#samplesOf(Op.summary) + this.#samplesOf(Op.histogram);
  }

  /** Samples that a rule dropped. */
  get droppedSamples(): number {
    return this.#samplesOf(Op.dropped);
  }

  /** Samples whose name a rule made, refused ones included. */
  get mapped(): number {
    return this.mappedRefused + sum(this.samplesByOp.subarray(Op.mapped));
  }

  /** Samples that no rule matched, refused ones included. */
  get unmapped(): number {
    return this.unmappedRefused + sum(this.samplesByOp.subarray(0, Op.dropped));
  }

  /** Counts a sample whose name another family of the page has or needs. @returns its counter, which stays the same. */
  conflict(kind: MetricKind, name: string, reason: ConflictReason): Conflict {
    count(this.conflictReasons, reason);
    const conflict = this.#conflict(kind, name, reason);
    conflict.reason = reason;
    conflict.count++;
    return conflict;
  }

  #conflict(kind: MetricKind, name: string, reason: ConflictReason): Conflict {
    const conflict = this.conflicts.get(`${kind} ${name}`);
    if (conflict !== undefined) return conflict;
    const shownName = this.conflicts.size < mostConflicts && name.length <= 255 ? name : '';
    const newConflict = this.conflicts.get(`${kind} ${shownName}`) ?? { kind, name: shownName, reason, count: 0 };
    this.conflicts.set(`${kind} ${shownName}`, newConflict);
    return newConflict;
  }

  #samplesOf(kind: number): number {
    return this.samplesByOp[kind]! + this.samplesByOp[kind | Op.mapped]!;
  }
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0);
}

function zeros<Reason>(...reasons: readonly Reason[]): Map<Reason, number> {
  return new Map(reasons.map((reason) => [reason, 0]));
}

/** Adds one to a counter of a map. */
export function count<Reason>(counts: Map<Reason, number>, reason: Reason): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}
