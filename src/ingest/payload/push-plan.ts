import type { Mode } from '../series/combine-values.ts';
import type { Contribution, SeriesIdentity } from '../series/exported-series.ts';
import type { Place } from './payload-problem.ts';

/**
 * One series of one client in a payload. Its numbers begin at `at` in the plan's:
 *
 * - count: value, created
 * - combine: value
 * - histogram: the cumulative count of each edge, sum, count, created
 * - summary: the value of each edge (quantile), sum, count, created
 *
 * What was not pushed is NaN.
 */
export interface Point extends Place {
  /** Once applied, the exported series' own: a plan is kept for every client, so it shares what it can. */
  identity: SeriesIdentity;
  readonly source: string;
  /** The mode that the push names; undefined: the default. */
  readonly mode: Mode | undefined;
  readonly at: number;
  /** Histogram: upper bounds, `+Inf` always the last. Summary: quantiles. Strictly increasing. */
  readonly edges: readonly number[];
  /** Histogram: whether the payload has the `+Inf` bucket, and `_count`; it has at least one. */
  readonly hasInfinite: boolean;
  readonly hasCount: boolean;
  /** Where the client's values are kept, found when the plan was first applied. */
  contribution: Contribution | undefined;
}

/**
 * What a payload is apart from its values. A client pushes the same series in the same order again and again, so the plan
 * of its last push is kept: a payload of the same shape needs no validation of names and no lookup, only its numbers.
 */
export interface Plan {
  /** Per family: name, type, help, aggregate. Per row: name, label names and values, then undefined. */
  readonly shape: readonly (string | undefined)[];
  readonly rowCounts: readonly number[];
  /** Per row: where its number goes in `numbers`; -1: nowhere. */
  readonly slots: Int32Array;
  readonly numbers: Float64Array;
  readonly points: readonly Point[];
  /** Per client: where its process_start_time_seconds is in `numbers`; -1: it pushes none. */
  readonly sources: ReadonlyMap<string, number>;
}

/** The numbers of a point. */
export function widthOf({ identity: { kind }, edges }: Point): number {
  return kind === 'combine' ? 1 : kind === 'count' ? 2 : edges.length + 3;
}

/** Bytes of text that a plan may hold for each row of it, on average; ordinary rows have a third of that. */
const textPerRow = 512;
/** What a text takes beside its characters: families without rows may be many and short. */
const perText = 8;

/** Whether the shape is small enough to be kept until the next push: its texts are as long as the sender made them. */
export function isWorthKeeping({ shape, slots }: Plan): boolean {
  let room = (slots.length + 8) * textPerRow;
  for (const text of shape) room -= perText + (text?.length ?? 0);
  return room >= 0;
}
