import { groupBy } from '../../lists/group-by.ts';
import { type ForeignMetric, foreignMetrics, type LooseSample, looseSample } from '../foreign/foreign-metrics.ts';
import type { MergedFamily } from '../foreign/merge-families.ts';
import type { Labels, MetricType } from '../metric/family.ts';
import { keyLabels } from '../metric/labels.ts';
import { formatBound } from '../metric/sample-number.ts';
import type { SeriesCell } from '../store/series-cell.ts';
import { type LabelFields, labelFields, writeLabels } from './label-fields.ts';
import { MessageWriter } from './message-writer.ts';
import { isSummaryCount, writeHistogram, writeNumberValue, writeSummary } from './metric-message.ts';

const types: Readonly<Record<MetricType, number>> = {
  counter: 0,
  gauge: 1,
  info: 1,
  stateset: 1,
  summary: 2,
  unknown: 3,
  histogram: 4,
};

function writeCell(out: MessageWriter, cell: SeriesCell, values: Float64Array): void {
  const { slot, created, bounds, quantiles, native } = cell;
  const { type } = cell.record;
  if (type === 'histogram') {
    const counts: number[] = [];
    let count = 0;
    for (let i = 0; i < bounds.length; i++) {
      count += values[slot + i]!;
      counts.push(count);
    }
    // As in client_golang the last bucket is left out: it is the count.
    count += values[slot + bounds.length]!;
    writeHistogram(out, { bounds, counts, count, sum: values[slot + bounds.length + 1]!, created, native });
  } else if (type === 'summary') {
    const of = values.subarray(slot + 2, slot + 2 + quantiles.length);
    writeSummary(out, { quantiles, values: of, count: values[slot]!, sum: values[slot + 1]!, created });
  } else writeNumberValue(out, type, values[slot]!, created);
}

function writeForeign(out: MessageWriter, type: MetricType, { value, created }: ForeignMetric): void {
  if (value.kind === 'number') {
    if (type !== 'histogram' && type !== 'summary') writeNumberValue(out, type, value.number, created);
    return;
  }
  const { count, sum, parts } = value;
  if (value.kind === 'summary') {
    writeSummary(out, { quantiles: parts.map(([at]) => at), values: parts.map(([, v]) => v), count, sum, created });
    return;
  }
  // The last bucket is written where it is not the count; NaN equals itself here.
  const shown = Object.is(parts.at(-1)?.[1], count) ? parts.slice(0, -1) : parts;
  const [bounds, counts] = [shown.map(([at]) => at), shown.map(([, n]) => n)];
  writeHistogram(out, { bounds, counts, count, sum, created, native: undefined });
}

/** The samples of a summary's series in the text page. */
function looseCell({ record, key, slot, quantiles }: SeriesCell, values: Float64Array): readonly LooseSample[] {
  const { name } = record;
  const labels = keyLabels(key);
  const sample = (ending: string, value: number, own: Labels = []): LooseSample => {
    return { name: name + ending, labels: [...labels, ...own], value, timestamp: undefined };
  };
  return [
    ...quantiles.map((quantile, i) => sample('', values[slot + 2 + i]!, [['quantile', formatBound(quantile)]])),
    sample('_sum', values[slot + 1]!),
    sample('_count', values[slot]!),
  ];
}

/** Writes samples of one family of the text page as families without a type, one for each name. */
function writeLoose(out: MessageWriter, help: string, samples: readonly LooseSample[]): void {
  for (const [name, ofName] of groupBy(samples, (sample) => sample.name)) {
    const family = openFamily(out, name, 'unknown', help);
    for (const { labels, value, timestamp } of ofName) {
      const metric = out.begin(4);
      writeLabels(out, labels);
      writeNumberValue(out, 'unknown', value, undefined);
      if (timestamp !== undefined) out.signed(6, timestamp);
      out.end(metric);
    }
    out.end(family);
  }
}

function openFamily(out: MessageWriter, name: string, type: MetricType, help: string): number {
  const family = out.open();
  out.text(1, name);
  if (help !== '') out.text(2, help);
  out.unsigned(3, types[type]);
  return family;
}

function writeFamily(out: MessageWriter, family: MergedFamily, values: Float64Array): void {
  const { name, record } = family;
  const spec = record?.spec ?? family.foreign;
  const type = spec?.type ?? 'unknown';
  const help = spec?.help ?? '';
  const ours = record === undefined || record.size === 0 ? undefined : labelFields(record);
  const cells = ours?.cells ?? [];
  const { metrics, loose } = foreignMetrics(name, type, family.samples);
  if (type === 'summary' && !isSummaries(cells, metrics, loose, values)) {
    const theirs = family.samples.filter((sample) => sample.name !== `${name}_created`).map(looseSample);
    writeLoose(out, help, [...cells.flatMap((cell) => looseCell(cell, values)), ...theirs]);
    return;
  }
  if (cells.length > 0 || metrics.length > 0) {
    const start = openFamily(out, name, type, help);
    if (ours !== undefined) writeCells(out, ours, values);
    for (const metric of metrics) {
      const message = out.begin(4);
      writeLabels(out, metric.labels);
      writeForeign(out, type, metric);
      if (metric.timestamp !== undefined) out.signed(6, metric.timestamp);
      out.end(message);
    }
    const unit = spec?.unit ?? '';
    if (unit !== '' && name.replace(type === 'counter' ? /_total$/ : '', '').endsWith(`_${unit}`)) out.text(5, unit);
    out.end(start);
  }
  writeLoose(out, '', loose);
}

function writeCells(out: MessageWriter, { cells, bytes, ends }: LabelFields, values: Float64Array): void {
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    const message = out.begin(4);
    out.raw(bytes, from, ends[i]!);
    writeCell(out, cells[i]!, values);
    out.end(message);
    from = ends[i]!;
  }
}

/**
 * Quantiles have the family's own name, so where one summary fits no message, all of the family are written as loose
 * samples.
 */
function isSummaries(
  cells: readonly SeriesCell[],
  metrics: readonly ForeignMetric[],
  loose: readonly LooseSample[],
  values: Float64Array,
): boolean {
  if (loose.length > 0 || cells.some(({ slot }) => !isSummaryCount(values[slot]!))) return false;
  return metrics.every(({ value }) => value.kind === 'number' || isSummaryCount(value.count));
}

/**
 * Writes a page as `io.prometheus.client.MetricFamily` messages, each after its length. It has all samples of the text
 * page under the same names, and native buckets beside the classic ones.
 *
 * @param families sorted by name.
 * @param values the numbers of our own series.
 * @param reuse a buffer without readers; the page is written there if it is large enough.
 */
export function writeProtobufPage(
  families: readonly MergedFamily[],
  values: Float64Array,
  reuse: Buffer | undefined,
): Buffer {
  const out = new MessageWriter(reuse);
  for (const family of families) writeFamily(out, family, values);
  return out.bytes.subarray(0, out.at);
}
