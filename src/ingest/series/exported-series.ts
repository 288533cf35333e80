import type { Labels } from '../../exposition/metric/family.ts';
import type { Family, Series } from '../../exposition/metric/metric-store.ts';
import type { Mode } from './combine-values.ts';
import type { Total } from './cumulative.ts';
import type { Streams } from './streams.ts';

/** The types that are pushed; `unknown` is read as `untyped`. */
export type PushedType = 'counter' | 'gauge' | 'untyped' | 'histogram' | 'summary' | 'info' | 'stateset';

/**
 * How the values of several clients become one: increases are added up (`count`), histograms and summaries likewise as
 * one unit, all others are combined by a mode.
 */
export type Kind = 'count' | 'histogram' | 'summary' | 'combine';

/** An exported series, whichever clients push it. */
export interface SeriesIdentity {
  /** Collision-free over name and labels. */
  readonly key: string;
  /** The family as it was pushed; a counter `jobs` may have the series `jobs_total`. */
  readonly family: string;
  readonly type: PushedType;
  readonly help: string;
  /** The name of the series, without `_bucket` and the like. */
  readonly name: string;
  /** Sorted by name, without control labels, `le` and `quantile`. */
  readonly labels: Labels;
  readonly kind: Kind;
}

/** The part that every exported series has. */
interface Exported {
  readonly identity: SeriesIdentity;
  readonly store: Family;
  series: Series;
}

export interface CountOutput extends Exported {
  readonly kind: 'count';
  readonly total: Total;
}

export interface HistogramOutput extends Exported {
  readonly kind: 'histogram';
  /** Finite upper bounds of all clients. */
  bounds: readonly number[];
  /** Per bound and at last `+Inf`: the observations in that bucket alone, so that mixed bounds still give a ladder. */
  counts: number[];
  readonly total: Total;
}

export interface SummaryOutput extends Exported {
  readonly kind: 'summary';
  count: number;
  readonly total: Total;
  /** Live clients. */
  readonly members: Contribution[];
}

export interface CombinedOutput extends Exported {
  readonly kind: 'combine';
  mode: Mode;
  /** Live clients, in no order. */
  readonly members: Contribution[];
}

/** One exported series and the values that it is made of. */
export type Output = CountOutput | HistogramOutput | SummaryOutput | CombinedOutput;

/** The values that one client pushed for one exported series. */
export interface Contribution extends Streams {
  readonly output: Output;
  /** combine: the value. */
  value: number;
  /** The time of the last push, in ms. */
  at: number;
  /** Grows with every push; -1: not applied yet. */
  order: number;
  /** The order of the push that made it a member of its output, and its index among the members; -1: it is none. */
  joinOrder: number;
  index: number;
}
