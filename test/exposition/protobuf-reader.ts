import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';

interface Span {
  readonly offset: number;
  readonly length: number;
}

interface Time {
  readonly seconds: number;
  readonly nanos: number;
}

/** `Histogram` of metrics.proto; what is absent is undefined, and lists are empty. */
export interface HistogramMessage {
  readonly sampleCount?: number;
  readonly sampleCountFloat?: number;
  readonly sampleSum: number;
  readonly bucket: readonly {
    readonly cumulativeCount?: number;
    readonly cumulativeCountFloat?: number;
    readonly upperBound: number;
  }[];
  readonly createdTimestamp?: Time;
  readonly schema?: number;
  readonly zeroThreshold?: number;
  readonly zeroCount?: number;
  readonly zeroCountFloat?: number;
  readonly negativeSpan: readonly Span[];
  readonly negativeDelta: readonly number[];
  readonly negativeCount: readonly number[];
  readonly positiveSpan: readonly Span[];
  readonly positiveDelta: readonly number[];
  readonly positiveCount: readonly number[];
}

export interface MetricMessage {
  readonly label: readonly { readonly name: string; readonly value: string }[];
  readonly gauge?: { readonly value: number };
  readonly counter?: { readonly value: number; readonly createdTimestamp?: Time };
  readonly untyped?: { readonly value: number };
  readonly summary?: {
    readonly sampleCount: number;
    readonly sampleSum: number;
    readonly quantile: readonly { readonly quantile: number; readonly value: number }[];
    readonly createdTimestamp?: Time;
  };
  readonly histogram?: HistogramMessage;
  readonly timestampMs?: number;
}

export interface FamilyMessage {
  readonly name: string;
  readonly help?: string;
  readonly type: 'COUNTER' | 'GAUGE' | 'SUMMARY' | 'UNTYPED' | 'HISTOGRAM';
  readonly metric: readonly MetricMessage[];
  readonly unit?: string;
}

const root = new protobuf.Root();
protobuf.common.get('google/protobuf/timestamp.proto');
root.addJSON(protobuf.common.get('google/protobuf/timestamp.proto')?.nested ?? {});
protobuf.parse(readFileSync(join(import.meta.dirname, 'metrics.proto'), 'utf8'), root, { keepCase: false });
const familyType = root.lookupType('io.prometheus.client.MetricFamily');

/**
 * The families of a delimited page, read by protobufjs with the published definition. Throws where it is no such page.
 */
export function readFamilies(page: Uint8Array): readonly FamilyMessage[] {
  const reader = protobuf.Reader.create(page);
  const families: FamilyMessage[] = [];
  while (reader.pos < reader.len) {
    const message = familyType.decodeDelimited(reader);
    families.push(familyType.toObject(message, { longs: Number, enums: String, arrays: true }) as FamilyMessage);
  }
  return families;
}

/** One sample as Prometheus makes it of a message. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timestamp: number | undefined;
}

const bound = (value: number): string => String(value).replace('Infinity', '+Inf').replace('-+', '-');

/** The double where it is there and not 0. */
const counted = (double = 0, whole = 0): number => (double === 0 ? whole : double);

/**
 * The samples that Prometheus makes of the classic part of a page (model/textparse/protobufparse.go); bounds as
 * JavaScript writes them.
 */
export function readSamples(families: readonly FamilyMessage[]): readonly ReadSample[] {
  return families.flatMap(({ name, metric }) =>
    metric.flatMap(({ label, gauge, counter, untyped, summary, histogram, timestampMs: timestamp }) => {
      const labels = Object.fromEntries(label.map((pair) => [pair.name, pair.value]));
      const sample = (ending: string, value: number, own = {}): ReadSample => {
        return { name: name + ending, labels: { ...labels, ...own }, value, timestamp };
      };
      const single = gauge ?? counter ?? untyped;
      if (single !== undefined) return [sample('', single.value)];
      if (summary !== undefined) {
        const { sampleCount, sampleSum, quantile } = summary;
        return [
          sample('_count', sampleCount),
          sample('_sum', sampleSum),
          ...quantile.map((one) => sample('', one.value, { quantile: bound(one.quantile) })),
        ];
      }
      if (histogram === undefined) return [];
      const count = counted(histogram.sampleCountFloat, histogram.sampleCount);
      const buckets = histogram.bucket.map((one) =>
        sample('_bucket', counted(one.cumulativeCountFloat, one.cumulativeCount), { le: bound(one.upperBound) }),
      );
      if (histogram.bucket.at(-1)?.upperBound !== Number.POSITIVE_INFINITY) {
        buckets.push(sample('_bucket', count, { le: '+Inf' }));
      }
      return [sample('_count', count), sample('_sum', histogram.sampleSum), ...buckets];
    }),
  );
}

/** The counts of a native histogram's buckets by key, of one sign. */
export function nativeCounts(histogram: HistogramMessage, sign: 'positive' | 'negative'): ReadonlyMap<number, number> {
  const spans = histogram[`${sign}Span`];
  const deltas = histogram[`${sign}Delta`];
  const absolute = histogram[`${sign}Count`];
  const counts = new Map<number, number>();
  let [key, at, count] = [0, 0, 0];
  for (const { offset, length } of spans) {
    key += offset;
    for (let i = 0; i < length; i++, key++, at++) {
      count = absolute.length > 0 ? absolute[at]! : count + deltas[at]!;
      counts.set(key, count);
    }
  }
  return counts;
}

/**
 * What Prometheus finds wrong with a native histogram before it stores it (`Validate` of model/histogram); the page is
 * lost then.
 */
export function nativeProblems(histogram: HistogramMessage): readonly string[] {
  const problems: string[] = [];
  const isNative =
    histogram.positiveSpan.length > 0 || histogram.negativeSpan.length > 0 || (histogram.zeroThreshold ?? 0) > 0;
  if (!isNative) return [];
  const isFloat = (histogram.sampleCountFloat ?? 0) > 0 || (histogram.zeroCountFloat ?? 0) > 0;
  const schema = histogram.schema ?? 0;
  if (schema < -4 || schema > 8) problems.push(`schema ${schema}`);
  let total = isFloat ? (histogram.zeroCountFloat ?? 0) : (histogram.zeroCount ?? 0);
  if (total < 0) problems.push('the zero bucket is negative');
  for (const sign of ['negative', 'positive'] as const) {
    const spans = histogram[`${sign}Span`];
    const given = isFloat ? histogram[`${sign}Count`] : histogram[`${sign}Delta`];
    const needed = spans.reduce((sum, { length }) => sum + length, 0);
    if (given.length !== needed) problems.push(`${sign}: spans need ${needed} buckets, there are ${given.length}`);
    if (spans.some(({ offset }, i) => i > 0 && offset < 0)) problems.push(`${sign}: a span goes back`);
    for (const count of nativeCounts(histogram, sign).values()) {
      if (count < 0) problems.push(`${sign}: a bucket is negative`);
      total += count;
    }
  }
  if (isFloat) return problems;
  const count = histogram.sampleCount ?? 0;
  if (Number.isNaN(histogram.sampleSum) ? total > count : total !== count) {
    problems.push(`${total} in buckets, ${count} counted`);
  }
  return problems;
}
