import type { Answer } from './conformance-case.ts';

const ownPattern = /^statsd_exporter_/;
const reported =
  /^statsd_exporter_(sample_errors|tag_errors|tags|events_error|events_conflict|tcp_too_long_lines)_total\b/;
const other = /^(go|process|promhttp|statsd_metric_mapper)_/;

/**
 * The part of a page that a case compares: everything that the lines made; of the own metrics of the exporters the
 * errors, and the metrics that the expectation names. Help texts and zeros only where the case expects them.
 */
export function comparable(page: string, expected: Answer, exactly = false): readonly string[] {
  const wanted = expected.kind === 'page' ? expected.rows : [];
  const named = new Set(wanted.map(familyOf));
  const helped = new Set(wanted.filter((row) => row.startsWith('# HELP')).map(familyOf));
  const shown = new Set(wanted.map(seriesOf));
  const rows = page.split('\n').filter((row) => {
    if (row === '') return false;
    const name = familyOf(row);
    if (row.startsWith('# HELP')) return helped.has(name);
    const own = ownPattern.test(name) || other.test(name);
    if (own && !named.has(name)) return reported.test(row) && !row.startsWith('#') && !row.endsWith(' 0');
    if (own && row.startsWith('# TYPE')) return wanted.includes(row);
    return !own || shown.has(seriesOf(row)) || !row.endsWith(' 0');
  });
  return exactly ? rows : rows.map(normalRow).sort();
}

/** The rows of an expectation in the form that `comparable` gives a page. */
export function expectedRows(answer: Answer, exactly = false): readonly string[] {
  if (answer.kind !== 'page') return [answer.kind];
  const rows = answer.rows.filter((row) => row !== '');
  return exactly ? rows : rows.map(normalRow).sort();
}

function familyOf(row: string): string {
  return /^(?:# (?:TYPE|HELP) )?([^ {]*)/.exec(row)![1]!;
}

function seriesOf(row: string): string {
  return row.startsWith('#') ? row : row.slice(0, row.lastIndexOf(' '));
}

/** A row with its labels in order, its number as JavaScript writes it, and whole bounds without `.0`. */
export function normalRow(row: string): string {
  const [, name, labels = '', value] = /^([^#{ ][^{ ]*)(\{.*\})? (\S+)$/.exec(row) ?? [];
  if (name === undefined) return row;
  const pairs = (labels.slice(1, -1).match(/\w+="(?:[^"\\]|\\.)*"/g) ?? []).map((pair) =>
    pair.replace(/^(le|quantile)="(.*)"$/, (_, label, bound) => `${label}="${numberOf(bound)}"`),
  );
  return `${name}${pairs.length === 0 ? '' : `{${pairs.sort().join(',')}}`} ${numberOf(value!)}`;
}

function numberOf(text: string): string {
  const number = Number(text.replace('Inf', 'Infinity'));
  return Number.isNaN(number) ? text : `${number}`;
}
