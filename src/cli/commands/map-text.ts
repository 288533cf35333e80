import { escapeValue } from '../../exposition/metric/labels.ts';
import { duration } from '../../flags/codecs.ts';
import type {
  Explanation,
  LineExplanation,
  RuleExplanation,
  SampleExplanation,
  SeriesExplanation,
} from '../../statsd/explain/explanation.ts';
import { printable, type Style } from '../../terminal/style.ts';

/** The explanation for people: each line, followed by the result of each of its samples. */
export function explanationText({ lines, refused }: Explanation, file: string, style: Style): string {
  const blocks = lines.filter(({ outcome }) => outcome !== 'empty').map((line) => blockOf(line, file, style));
  const total = refused.map(({ reason, count }) => `${count} ${reason}`);
  if (total.length > 0 && blocks.length > 1) blocks.push([`refused: ${total.join(', ')}`]);
  return blocks.map((rows) => rows.map((row) => `${row}\n`).join('')).join('\n');
}

/** Replaces control characters: a statsd line must not move the cursor of the reader's terminal. */
function blockOf(line: LineExplanation, file: string, style: Style): readonly string[] {
  const { outcome, reason, notes, samples } = line;
  const rows = [printable(line.line)];
  if (outcome === 'refused') rows.push(`  ${style.paint('error', `refused: ${reason}`)}`);
  rows.push(...notes.map((note) => `  ${printable(note)}`));
  for (const sample of samples) rows.push(...sampleRows(sample, file).map((row) => printedRow(row, style)));
  return rows;
}

function printedRow({ indent, text, paint }: Row, style: Style): string {
  const shown = printable(text);
  return `${' '.repeat(indent)}${paint === undefined ? shown : style.paint(paint, shown)}`;
}

interface Row {
  readonly indent: number;
  readonly text: string;
  readonly paint?: 'ok' | 'warning' | 'error' | 'skipped';
}

function sampleRows(sample: SampleExplanation, file: string): readonly Row[] {
  const { value, type, outcome, reason, rule, series, notes } = sample;
  const sent = type === '' ? value : `${value}|${type}`;
  const refused = reason === undefined ? '' : `: ${reason}`;
  const paint = { taken: 'ok', dropped: 'skipped', refused: 'error' } as const;
  return [
    { indent: 2, text: `${sent}  ${outcome}${refused}`, paint: paint[outcome] },
    ...(rule === undefined ? [] : ruleRows(rule, file)),
    ...(series === undefined ? [] : [{ indent: 4, text: `${seriesText(series)}  ${shapeText(series)}` }]),
    ...notes.map((text) => ({ indent: 4, text })),
  ];
}

function ruleRows({ line, match, matchType, captures }: RuleExplanation, file: string): readonly Row[] {
  const values = captures.map((capture, i) => `$${i + 1}=${JSON.stringify(capture)}`);
  return [{ indent: 4, text: [`${file}:${line}`, match, `(${matchType})`, ...values].join(' ') }];
}

/** The series as the metrics page has it. */
function seriesText({ name, labels }: SeriesExplanation): string {
  const pairs = labels.map(([label, value]) => `${label}="${escapeValue(value)}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function shapeText({ type, ttl, observer }: SeriesExplanation): string {
  const parts: string[] = [type];
  if (observer?.type === 'histogram') parts.push(`buckets ${observer.buckets.join(' ')}`);
  if (observer?.type === 'summary') {
    parts.push(`quantiles ${observer.quantiles.map(({ quantile }) => quantile).join(' ')}`);
  }
  if (ttl > 0) parts.push(`forgotten after ${ttlText(ttl)} without samples`);
  return parts.join(', ');
}

function ttlText(ttl: number): string {
  return Number.isInteger(ttl) ? duration.format(ttl) : `${ttl} ms`;
}
