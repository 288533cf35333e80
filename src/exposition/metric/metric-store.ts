import type { FamilySpec, Labels, MetricType, Outcome, PageFormat, Refusal } from './family.ts';
import type { NativeBuckets, NativeOptions } from './native-buckets.ts';
import type { ParsedFamily } from './parsed-page.ts';

/**
 * The bounds of a store, which do not hold for families that are `isUnlimited`. A time series is one sample line of the
 * text page: a histogram of 10 bounds counts as 13.
 */
export interface StoreLimits {
  /** Families that have a series, or were declared and wait for their first. */
  readonly families: number;
  /** Time series in all families. */
  readonly series: number;
  /** Time series in one family. */
  readonly seriesPerFamily: number;
  /** Distinct values of one label of one family, without `le` and `quantile`. 0 or absent: no limit. */
  readonly valuesPerLabel?: number;
  /** Bytes that names, labels and numbers of all families take, about (see `seriesCost`). Absent: no limit. */
  readonly bytes?: number;
  /** Labels with a value, without `le` and `quantile`. */
  readonly labelsPerSeries: number;
  /** UTF-8 bytes of one label value. */
  readonly labelValueBytes: number;
}

/** The options of a single series. */
export interface SeriesOptions {
  /** Histogram: other bounds than the family's. */
  readonly bounds?: readonly number[];
  /** Summary: other quantiles than the family's. */
  readonly quantiles?: readonly number[];
  /** Histogram: native buckets beside the others. */
  readonly native?: NativeOptions | undefined;
  /** Milliseconds since the epoch; shown as `_created`. Without it: the store's clock. */
  readonly created?: number;
}

/**
 * One label set of a family. Its numbers lie side by side in `store.values` from `slot` on, so that a hot path can keep
 * the slot in a table of its own and write without a call:
 *
 * - counter, gauge, unknown, info, stateset: `slot` is the value.
 * - histogram of n bounds: `slot + i` is the count of bucket i alone (not cumulative; i = n is `+Inf`), `slot + n + 1`
 *   the sum. The page's cumulative buckets and `_count` are made from these.
 * - summary: `slot` is the count, `slot + 1` the sum, `slot + 2 + i` the value of quantile i.
 *
 * `store.values` is another array after it grew: read it again after every `series()`. The slot of a removed series
 * goes to the next series: forget it before `remove()`.
 */
export interface Series {
  readonly slot: number;
  /** Upper bounds without `+Inf`; empty where the type has none. */
  readonly bounds: readonly number[];
  /** Quantiles of a summary; empty where the type has none. */
  readonly quantiles: readonly number[];
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** The names of its labels, sorted, a comma between them. */
  readonly labelNames: string;
  /** A value that the owner stores with the series, so that it needs no table of its own. */
  memo: unknown;
  /**
   * The native buckets of a histogram that was made with them. A writer of slots has to `observe` every value here too.
   */
  readonly native: NativeBuckets | undefined;
  /** Counter: n >= 0 and finite, anything else is ignored. Gauge, unknown: any n but NaN. */
  add(n: number): void;
  /** Gauge, unknown: any value. Counter: only upward. False: the value was ignored. */
  set(v: number): boolean;
  /**
   * Histogram: `weight` into the bucket of `v` (NaN: `+Inf`), `v * weight` into the sum. Summary: count and sum only.
   */
  observe(v: number, weight: number): void;
  /**
   * Histogram: the counts of the buckets, NOT cumulative, the last one is `+Inf`. False: another number of buckets, or
   * native ones.
   */
  setBuckets(counts: readonly number[], sum: number): boolean;
  /** Summary: the value of the quantile at `index`. */
  setQuantile(index: number, v: number): void;
  /** Summary. */
  setCountAndSum(count: number, sum: number): void;
  /**
   * The numbers of the series now: value; or buckets and sum; or count, sum and quantiles, in the order of the slots.
   */
  read(): readonly number[];
}

/** A declared family. It leaves the store with its last series and comes back, if it still may, with the next. */
export interface Family {
  readonly name: string;
  readonly type: MetricType;
  /** As it was declared first. */
  readonly spec: FamilySpec;
  /** Finds the series of this label set, or makes it. An existing series keeps its bounds. */
  series(labels: Labels, options?: SeriesOptions): Outcome<Series>;
  remove(series: Series): void;
  /** False: no series has labels of this hash (see `labelsHash`). True: one may have. */
  mayHave(hash: number): boolean;
  /** The series that were not removed. */
  all(): Iterable<Series>;
  /** How many label sets it has. */
  readonly size: number;
}

/** A refused name, and how often it was refused. */
export interface RefusedName {
  /** The family; where one label has too many values, that label too: `http_requests_total{path}`. */
  readonly name: string;
  readonly reason: Refusal;
  /** Times at least. */
  readonly count: number;
  /** Times at most; more than `count` only beyond some hundred different names. */
  readonly atMost: number;
}

/** A part of a page, with the numbers of the moment when the page was taken. */
export interface PageBlock {
  /** Goes up when its bytes change: results made from them are valid as long as it stays the same. */
  readonly revision: number;
  /** The bytes, valid until the page is taken again; in `reuse` where it is large enough, else in a new buffer. */
  render(reuse?: Buffer): Buffer;
}

/** A page that is taken again and again, and remembers the numbers of its blocks. */
export interface CachedPage {
  /** Takes a consistent snapshot of the whole page. An unchanged block is the same object as before. */
  take(): readonly PageBlock[];
}

export interface MetricStore {
  readonly limits: StoreLimits;
  /** Read again after every `series()`: it is replaced when it grows. */
  readonly values: Float64Array;
  /** The same name, type and owner again gives the same family (the first help wins). */
  family(spec: FamilySpec): Outcome<Family>;
  /** Time series, as `StoreLimits.series` counts them. */
  readonly seriesCount: number;
  /** Families, as `StoreLimits.families` counts them. */
  readonly familyCount: number;
  /** Bytes, as `StoreLimits.bytes` counts them. */
  readonly bytes: number;
  /** Bytes of the labels of all series, each once. */
  readonly labelBytes: number;
  /** Goes up when a series or family is added or removed. */
  readonly revision: number;
  /**
   * Changes as soon as a series or family was removed: a refused series may be accepted then. As long as it is the
   * same, a refused series of a family that has others is refused again, though perhaps for another reason (see
   * `isStillRefused`).
   */
  readonly freed: number;
  /** The same for refusals of a family or of its first series: it changes with the set of families too. */
  readonly names: number;
  /** Whether a refusal of a series of so many lines still has this reason, as long as `freed` is the same. */
  isStillRefused(reason: Refusal, lines: number): boolean;
  /** Counts by its reason a refusal that the caller knew without asking. */
  countRefusal(reason: Refusal): void;
  /** Counts such refusals by the refused name. */
  countRefusedName(name: string, reason: Refusal, times: number): void;
  /**
   * Counts such a refusal by its hash alone, where most refused names are new; false: nothing was counted.
   *
   * @param hash of `reason name`, see `textHash`.
   */
  countNameHash(hash: number): boolean;
  /**
   * False: no family has a name of this hash (see `textHash`), for itself or one of its samples. True: one may have.
   */
  mayClaim(hash: number): boolean;
  /** Refusals by reason since the start. */
  refused(): ReadonlyMap<Refusal, number>;
  /** The most refused names, the most refused first. */
  topRefused(n: number): readonly RefusedName[];
  /** Adds the page of another program (in place of the earlier one of `source`); null removes it. */
  foreign(source: string, families: readonly ParsedFamily[] | null): void;
  /** Samples of each source that the last page left out, because it had them or their name already. */
  foreignDropped(): ReadonlyMap<string, number>;
  /** Loads the code that writes a format; `protobuf` has to be loaded before it is rendered. */
  load(format: PageFormat): Promise<void>;
  /** The whole page, a consistent snapshot; in `reuse` where it is large enough, else in a new buffer. */
  render(format: PageFormat, reuse?: Buffer): Buffer;
  /** A page in blocks for callers that want it often; see `CachedPage`. `protobuf` has to be loaded first. */
  cachedPage(format: PageFormat): CachedPage;
}
