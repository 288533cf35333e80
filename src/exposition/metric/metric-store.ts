import type { FamilySpec, Labels, MetricType, Outcome, PageFormat, Refusal } from './family.ts';
import type { NativeBuckets, NativeOptions } from './native-buckets.ts';
import type { ParsedFamily } from './parsed-page.ts';

/**
 * Bounds of a store, but for families that are `isUnlimited`. A time series is one sample line of the text page: a
 * histogram of 10 bounds counts as 13.
 */
export interface StoreLimits {
  /** Families that hold a series or were declared and wait for their first. */
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

/** What a series may have of its own. */
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
 * `store.values` is another array after it grew: read it again after every `series()`. A removed series' slot belongs to
 * whoever comes next: forget it before `remove()`.
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
  /** For whoever made it: what it wants to find again with the series, without a table of its own. */
  memo: unknown;
  /** Of a histogram that was made with them. Who writes past the methods has to tell them of every value too. */
  readonly native: NativeBuckets | undefined;
  /** Counter: n >= 0 and finite, anything else is ignored. Gauge, unknown: any n but NaN. */
  add(n: number): void;
  /** Gauge, unknown: any value. Counter: only upward. False: the value was ignored. */
  set(v: number): boolean;
  /** Histogram: `weight` into the bucket of `v` (NaN: `+Inf`), `v * weight` into the sum. Summary: count and sum only. */
  observe(v: number, weight: number): void;
  /** Histogram: the counts of the buckets, NOT cumulative, the last one is `+Inf`. False: another number of buckets, or native ones. */
  setBuckets(counts: readonly number[], sum: number): boolean;
  /** Summary: the value of the quantile at `index`. */
  setQuantile(index: number, v: number): void;
  /** Summary. */
  setCountAndSum(count: number, sum: number): void;
  /** What the series holds now: value; or buckets and sum; or count, sum and quantiles, in the order of the slots. */
  read(): readonly number[];
}

/** A declared family. It leaves the store with its last series and comes back, if it still may, with the next. */
export interface Family {
  readonly name: string;
  readonly type: MetricType;
  /** As it was declared first. */
  readonly spec: FamilySpec;
  /** The series of this label set, made if there is none. Bounds of an existing series stay what they are. */
  series(labels: Labels, options?: SeriesOptions): Outcome<Series>;
  remove(series: Series): void;
  /** Whether a series may have labels of this hash (see `labelsHash`); where it says no, none has. */
  mayHave(hash: number): boolean;
  /** Those that live. */
  all(): Iterable<Series>;
  /** Label sets. */
  readonly size: number;
}

/** A name that was refused, and how often. */
export interface RefusedName {
  /** The family; where one label has too many values, that label too: `http_requests_total{path}`. */
  readonly name: string;
  readonly reason: Refusal;
  /** Times at least. */
  readonly count: number;
  /** Times at most; more than `count` only beyond some hundred different names. */
  readonly atMost: number;
}

/** A piece of a page, with the numbers of the moment when the page was taken. */
export interface PageBlock {
  /** Goes up when its bytes are to be others: what was made of them is good as long as it stays. */
  readonly revision: number;
  /** The bytes, until the page is taken again; written into `reuse` where it is large enough, else into a new buffer. */
  render(reuse?: Buffer): Buffer;
}

/** A page that is taken again and again. */
export interface KeptPage {
  /** The whole page as it is now, a consistent snapshot. A block that was there before and did not change is the same object. */
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
  /** Goes up when a series or family comes or goes. */
  readonly revision: number;
  /**
   * Another number as soon as something left: what was refused may be taken then. As long as it is the same, a series
   * that was refused in a family that has others is refused, though perhaps for another reason (see `isSure`).
   */
  readonly freed: number;
  /** The same, another number for another set of families too: for refusals of a family, or of its first series. */
  readonly names: number;
  /** Whether a refusal has its reason still where nothing left, for a series of so many lines. */
  isSure(reason: Refusal, lines: number): boolean;
  /** Counts a refusal by its reason whose answer is known without asking. */
  recount(reason: Refusal): void;
  /** Counts such refusals by what was refused. */
  recountName(name: string, reason: Refusal, times: number): void;
  /**
   * Counts such a refusal without a name, where most that come are new; else it says no.
   *
   * @param hash of `reason name`, see `textHash`.
   */
  passesName(hash: number): boolean;
  /**
   * Whether a family may have a name of this hash (see `textHash`), for itself or one of its samples; where it says no,
   * none has.
   */
  mayClaim(hash: number): boolean;
  /** Refusals by reason since the start. */
  refused(): ReadonlyMap<Refusal, number>;
  /** The names refused most, most first. */
  topRefused(n: number): readonly RefusedName[];
  /** Puts the page of another program beside ours (in place of what `source` gave before); null takes it away. */
  foreign(source: string, families: readonly ParsedFamily[] | null): void;
  /** Samples of each source that the last page left out, because the page had them or their name already. */
  foreignDropped(): ReadonlyMap<string, number>;
  /** Loads what writing a format takes; `protobuf` has to be waited for before it is rendered. */
  load(format: PageFormat): Promise<void>;
  /** The whole page, a consistent snapshot. Written into `reuse` where it is large enough, else into a new buffer. */
  render(format: PageFormat, reuse?: Buffer): Buffer;
  /** The page for whoever wants it often: it is in blocks, and remembers the numbers of each. `protobuf` is to be loaded first. */
  keptPage(format: PageFormat): KeptPage;
}
