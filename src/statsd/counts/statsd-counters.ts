import type { Refusal } from '../../exposition/metric/family.ts';
import type { EventLine, ServiceCheckLine } from '../line/event-line.ts';
import type { LineReason } from '../line/parse-line.ts';
import type { MetricKind, SampleReason } from '../line/sample.ts';
import type { Conflict, ConflictReason } from '../series/conflict.ts';
import { Op } from '../series/op.ts';
import { type SocketCounts, socketCounts } from './socket-counts.ts';

/** Why a well-formed sample was not taken: statsd_exporter's word, ours for values that would spoil a series for good, or the page's. */
export type EventReason =
  | 'illegal_negative_counter'
  | 'empty_metric_name'
  | 'non_finite_value'
  | 'name_limit'
  | Exclude<Refusal, ConflictReason>;

/** Conflicting names that are told apart; what comes later is counted together, so that a sender cannot grow our page. */
const MOST_CONFLICTS = 100;

/**
 * What came of everything received since the start. Two sums always hold:
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
  /** Lines that the table knew. */
  linesKnown = 0;
  samples = 0;
  /** Lines of DogStatsD that are no metrics; they are among the accepted. */
  readonly messages = zeros<(EventLine | ServiceCheckLine)['kind']>('event', 'service_check');
  tagged = 0;
  tagErrors = 0;
  /** Sections of samples that are not known. */
  sectionsIgnored = 0;
  /** Samples that were taken or dropped, by what of their entry's op is counted apart (`Op.counted`). A typed array: these are counted for every line. */
  readonly samplesByOp = new Float64Array(Op.counted + 1);
  /** Samples that a rule made a name for, and that were refused then. */
  mappedRefused = 0;
  /** Samples that no rule was found for, and that were refused then. */
  unmappedRefused = 0;
  // From 0: the first refusal shows as an increase, and a page that is full has the series already.
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
  /** The same by reason. */
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

  /** Samples that a rule made a name for, whatever came of them then. */
  get mapped(): number {
    return this.mappedRefused + sum(this.samplesByOp.subarray(Op.mapped));
  }

  /** Samples that no rule was found for. */
  get unmapped(): number {
    return this.unmappedRefused + sum(this.samplesByOp.subarray(0, Op.dropped));
  }

  /**
   * Counts a sample whose name another family of the page has or needs. @returns where it is counted: for ever the
   * same.
   */
  conflict(kind: MetricKind, name: string, reason: ConflictReason): Conflict {
    count(this.conflictReasons, reason);
    const conflict = this.#conflict(kind, name, reason);
    conflict.reason = reason;
    conflict.count++;
    return conflict;
  }

  #conflict(kind: MetricKind, name: string, reason: ConflictReason): Conflict {
    const known = this.conflicts.get(`${kind} ${name}`);
    if (known !== undefined) return known;
    const shown = this.conflicts.size < MOST_CONFLICTS && name.length <= 255 ? name : '';
    const conflict = this.conflicts.get(`${kind} ${shown}`) ?? { kind, name: shown, reason, count: 0 };
    this.conflicts.set(`${kind} ${shown}`, conflict);
    return conflict;
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
