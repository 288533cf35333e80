import type { Refusal } from '../exposition/family.ts';
import type { LineReason } from './line.ts';
import type { MetricKind, SampleReason } from './sample.ts';
import { Op } from './table.ts';

/** Why a well-formed sample was not taken: statsd_exporter's word, ours for values that would spoil a series for good, or the page's. */
export type EventReason = 'illegal_negative_counter' | 'non_finite_value' | 'name_limit' | Refusal;

/** Conflicting names that are told apart; what comes later is counted together, so that a sender cannot grow our page. */
const MOST_CONFLICTS = 100;

/**
 * What came of everything received since the start. Two sums always hold:
 * lines = empty + accepted + all of `lineErrors`;
 * samples = counters + gauges + observers + all of `sampleErrors`, `eventErrors` and `conflicts`.
 */
export class Tally {
  udpPackets = 0;
  udpErrors = 0;
  tcpConnections = 0;
  tcpConnectionsRefused = 0;
  tcpConnectionErrors = 0;
  tcpTooLongLines = 0;
  lines = 0;
  linesEmpty = 0;
  linesAccepted = 0;
  /** Lines that the table knew. */
  linesKnown = 0;
  samples = 0;
  tagged = 0;
  tagErrors = 0;
  /** Samples that were taken, by kind of entry (`Op.kind`). A typed array: these are counted for every line. */
  readonly taken = new Float64Array(4);
  // From 0: the first refusal shows as an increase, and a page that is full has the series already.
  readonly lineErrors = zeros<LineReason>(
    'malformed_line',
    'not_enough_parts_after_colon',
    'invalid_extended_aggregate_type',
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
    'non_finite_value',
    'name_limit',
    'reserved_label',
    'family_limit',
    'series_limit',
    'series_per_family_limit',
    'label_limit',
    'label_value_limit',
  );
  /** By kind and name. The empty name stands for all names beyond the first hundred. */
  readonly conflicts = new Map<string, { readonly kind: MetricKind; readonly name: string; count: number }>();

  get counters(): number {
    return this.taken[Op.counter]!;
  }

  get gauges(): number {
    return this.taken[Op.gauge]!;
  }

  get observers(): number {
    return this.taken[Op.summary]! + this.taken[Op.histogram]!;
  }

  /** Counts a sample whose name another family of the page has or needs. */
  conflict(kind: MetricKind, name: string): void {
    const known = this.conflicts.get(`${kind} ${name}`);
    if (known !== undefined) known.count++;
    else if (name === '' || (this.conflicts.size < MOST_CONFLICTS && name.length <= 255)) {
      this.conflicts.set(`${kind} ${name}`, { kind, name, count: 1 });
    } else this.conflict(kind, '');
  }
}

function zeros<Reason>(...reasons: readonly Reason[]): Map<Reason, number> {
  return new Map(reasons.map((reason) => [reason, 0]));
}

/** Adds one to a counter of a map. */
export function count<Reason>(counts: Map<Reason, number>, reason: Reason): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}
