import type { Mode } from '../series/combine-values.ts';
import type { Contribution, SeriesIdentity } from '../series/exported-series.ts';
import type { RowPosition } from './payload-problem.ts';

/**
 * One series of one client in a payload. Its numbers begin at `at` in the plan's:
 *
 * - count: value, created
 * - combine: value
 * - histogram: the cumulative count of each edge, sum, count, created
 * - summary: the value of each edge (quantile), sum, count, created
 *
 * A number that was not pushed is NaN.
 */
export interface DataPoint extends RowPosition {
  /** Once applied, that of the exported series: each client has a plan, so plans share it. */
  identity: SeriesIdentity;
  readonly clientId: string;
  /** The mode that the push names; undefined: the default one. */
  readonly mode: Mode | undefined;
  readonly at: number;
  /** Histogram: upper bounds, `+Inf` always the last. Summary: quantiles. Strictly increasing. */
  readonly edges: readonly number[];
  /** Histogram: whether the payload has the `+Inf` bucket, and `_count`; it has at least one. */
  readonly hasInfinite: boolean;
  readonly hasCount: boolean;
  /** The client's values, set when the plan was first applied. */
  contribution: Contribution | undefined;
}

/**
 * A payload without its values. A client pushes the same series in the same order again and again, so the plan of its
 * last push is kept: a payload of the same shape needs no validation of names and no lookup, only its numbers.
 */
export interface PushPlan {
  /** Per family: name, type, help, aggregate. Per row: name, label names and values, then undefined. */
  readonly shape: readonly (string | undefined)[];
  readonly rowCounts: readonly number[];
  /** Per row: the index of its number in `numbers`; -1: it has none. */
  readonly slots: Int32Array;
  readonly numbers: Float64Array;
  readonly points: readonly DataPoint[];
  /** Per client: the index of its process_start_time_seconds in `numbers`; -1: it pushes none. */
  readonly clients: ReadonlyMap<string, number>;
}

/** How many numbers a point has. */
export function widthOf({ identity: { kind }, edges }: DataPoint): number {
  return kind === 'combine' ? 1 : kind === 'count' ? 2 : edges.length + 3;
}

/** Bytes of text that a plan may hold for each of its rows, on average; ordinary rows have a third of that. */
const textPerRow = 512;
/** Bytes that a text takes beside its characters: families without rows may be many and short. */
const perText = 8;

/** Whether the shape is small enough to be kept until the next push: the sender chooses the length of its texts. */
export function isWorthKeeping({ shape, slots }: PushPlan): boolean {
  let room = (slots.length + 8) * textPerRow;
  for (const text of shape) room -= perText + (text?.length ?? 0);
  return room >= 0;
}
