import type { MetricType } from '../metric/family.ts';
import { type NativeBucket, type NativeBuckets, zeroThreshold } from '../metric/native-buckets.ts';
import type { MessageWriter } from './message-writer.ts';

// The fields and their numbers: io/prometheus/client/metrics.proto of prometheus/client_model.

/** The numbers of a histogram's series. */
export interface HistogramValue {
  readonly bounds: readonly number[];
  /** Cumulative, one for each bound. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
  /** Milliseconds since the epoch. */
  readonly created: number | undefined;
  readonly native: NativeBuckets | undefined;
}

export interface SummaryValue {
  readonly quantiles: readonly number[];
  readonly values: ArrayLike<number>;
  /** Whole, below 2^64: see `isSummaryCount`. */
  readonly count: number;
  readonly sum: number;
  readonly created: number | undefined;
}

/** The zigzag encoding of a greater difference of two counts, a `sint64`, need not be exact as a double. */
const mostWhole = 2 ** 52;
const mostCount = 2 ** 64;
/** The end of the year 9999, the last second of a `google.protobuf.Timestamp`. */
const lastSecond = 253_402_300_799;
/** A gap of at most so many empty buckets does not end a span, as in client_golang. */
const spanGap = 2;

const valueFields: Readonly<Record<Exclude<MetricType, 'histogram' | 'summary'>, number>> = {
  gauge: 2,
  info: 2,
  stateset: 2,
  counter: 3,
  unknown: 5,
};

/** Whether a summary can have this count: a message has only whole numbers there. */
export function isSummaryCount(count: number): boolean {
  return Number.isInteger(count) && count >= 0 && count < mostCount;
}

function isWhole(count: number): boolean {
  return Number.isInteger(count) && count >= 0 && count <= mostWhole;
}

function writeTime(out: MessageWriter, field: number, milliseconds: number | undefined): void {
  if (milliseconds === undefined) return;
  const seconds = Math.floor(milliseconds / 1000);
  if (!(seconds >= 0 && seconds <= lastSecond)) return;
  const time = out.begin(field);
  out.signed(1, seconds);
  out.unsigned(2, Math.floor((milliseconds - seconds * 1000) * 1e6));
  out.end(time);
}

/** Writes the value of a counter, a gauge or a type that is shown as one of them into its `Metric`. */
export function writeNumberValue(
  out: MessageWriter,
  type: keyof typeof valueFields,
  value: number,
  created: number | undefined,
): void {
  const start = out.begin(valueFields[type]);
  out.double(1, value);
  if (type === 'counter') writeTime(out, 3, created);
  out.end(start);
}

/** Writes a `Summary` into its `Metric`. */
export function writeSummary(out: MessageWriter, { quantiles, values, count, sum, created }: SummaryValue): void {
  const start = out.begin(4);
  out.unsigned(1, count);
  out.double(2, sum);
  for (let i = 0; i < quantiles.length; i++) {
    const quantile = out.begin(3);
    out.double(1, quantiles[i]!);
    out.double(2, values[i]!);
    out.end(quantile);
  }
  writeTime(out, 4, created);
  out.end(start);
}

/** The native buckets of a series, read once. */
interface Sides {
  readonly from: NativeBuckets;
  readonly negative: readonly NativeBucket[];
  readonly positive: readonly NativeBucket[];
}

/**
 * Writes a `Histogram` into its `Metric`: classic buckets, and native ones beside them where the series has some.
 * Counts that are not whole (weights that are fractions) or too great are written as doubles; Prometheus stores such a
 * native histogram as one of floats. A message has counts of one kind alone.
 */
export function writeHistogram(out: MessageWriter, value: HistogramValue): void {
  const { bounds, counts, count, sum } = value;
  const sides = value.native && sidesOf(value.native);
  const whole =
    isWhole(count) &&
    counts.every(isWhole) &&
    (sides === undefined || [[0, sides.from.zero], ...sides.negative, ...sides.positive].every(([, n]) => isWhole(n!)));
  const start = out.begin(7);
  if (whole) out.unsigned(1, count);
  else out.double(4, count);
  out.double(2, sum);
  for (let i = 0; i < bounds.length; i++) {
    const bucket = out.begin(3);
    if (whole) out.unsigned(1, counts[i]!);
    else out.double(4, counts[i]!);
    out.double(2, bounds[i]!);
    out.end(bucket);
  }
  if (sides !== undefined && isConsistent(sides, whole, value)) writeNative(out, sides, whole);
  writeTime(out, 15, value.created);
  out.end(start);
}

function sidesOf(native: NativeBuckets): Sides {
  return { from: native, negative: native.side(-1), positive: native.side(1) };
}

/**
 * Whether Prometheus accepts the native histogram; otherwise it refuses the whole page. Only NaN may be counted without
 * a bucket.
 */
function isConsistent({ from, negative, positive }: Sides, whole: boolean, { count, sum }: HistogramValue): boolean {
  if (!whole) return count > 0;
  let inBuckets = from.zero;
  for (const [, n] of negative) inBuckets += n;
  for (const [, n] of positive) inBuckets += n;
  return inBuckets === count || (Number.isNaN(sum) && inBuckets < count);
}

function writeNative(out: MessageWriter, { from, negative, positive }: Sides, whole: boolean): void {
  out.zigzag(5, from.schema);
  out.double(6, zeroThreshold);
  if (whole) out.unsigned(7, from.zero);
  else out.double(8, from.zero);
  writeSide(out, negative, whole, 9);
  writeSide(out, positive, whole, 12);
}

/** Writes spans in `field`, after them differences of whole counts, or counts as doubles. */
function writeSide(out: MessageWriter, buckets: readonly NativeBucket[], whole: boolean, field: number): void {
  const { spans, counts } = spansOf(buckets);
  for (const { offset, length } of spans) {
    const span = out.begin(field);
    out.zigzag(1, offset);
    out.unsigned(2, length);
    out.end(span);
  }
  let before = 0;
  for (const count of counts) {
    if (whole) out.zigzag(field + 1, count - before);
    else out.double(field + 2, count);
    before = count;
  }
}

/** Runs of buckets, with empty buckets in small gaps, and the counts of all of them. */
function spansOf(buckets: readonly NativeBucket[]): {
  readonly spans: readonly { readonly offset: number; readonly length: number }[];
  readonly counts: readonly number[];
} {
  const spans: { offset: number; length: number }[] = [];
  const counts: number[] = [];
  let next = 0;
  for (const [key, count] of buckets) {
    let span = spans.at(-1);
    const gap = key - next;
    if (span === undefined || gap > spanGap) {
      span = { offset: gap, length: 0 };
      spans.push(span);
    } else {
      for (let i = 0; i < gap; i++) counts.push(0);
      span.length += gap;
    }
    counts.push(count);
    span.length++;
    next = key + 1;
  }
  return { spans, counts };
}
