import { readdirSync, readFileSync } from 'node:fs';

/** One case of `test/golden/statsd/*.txt`. */
export interface GoldenCase {
  readonly file: string;
  readonly title: string;
  /** Flags of ours. */
  readonly flags: readonly string[];
  /** What the real statsd_exporter is configured with to do the same. */
  readonly peerMapping: string | undefined;
  /** Why the real statsd_exporter answers otherwise; absent: it answers the same. */
  readonly differs: string | undefined;
  readonly lines: readonly Buffer[];
  readonly expected: readonly string[];
}

const folder = new URL('../golden/statsd/', import.meta.url);

/** Reads all cases: `=== title`, settings (`flags:`, `differs:`, `peer-mapping:`), lines, `=>`, expectation. `\xNN` in a line is a byte. */
export function goldenCases(): readonly GoldenCase[] {
  return readdirSync(folder).flatMap((file) =>
    readFileSync(new URL(file, folder), 'utf8')
      .split(/^=== /m)
      .slice(1)
      .map((text) => readCase(file, text)),
  );
}

function readCase(file: string, text: string): GoldenCase {
  const [head = '', tail = ''] = text.split(/^=>\n/m);
  const [title = '', ...rows] = head.trimEnd().split('\n');
  const settings = new Map<string, string>();
  const lines = rows.filter((row) => {
    const [, name, value] = /^(flags|differs|peer-mapping): (.*)$/.exec(row) ?? [];
    if (name !== undefined) settings.set(name, value ?? '');
    return name === undefined;
  });
  return {
    file,
    title,
    flags: settings.get('flags')?.split(' ') ?? [],
    differs: settings.get('differs'),
    peerMapping: settings.get('peer-mapping'),
    lines: lines.map(bytesOf),
    expected: tail.trimEnd().split('\n'),
  };
}

function bytesOf(line: string): Buffer {
  return Buffer.concat(
    line
      .split(/(\\x[0-9a-f]{2})/)
      .map((part) => (part.startsWith('\\x') ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part))),
  );
}

const OWN = /^statsd_exporter_/;
const REPORTED =
  /^statsd_exporter_(sample_errors|tag_errors|tags|events_error|events_conflict|tcp_too_long_lines)_total\b.* (?!0$)\S+$/;
const OTHER = /^(go|process|promhttp|statsd_metric_mapper)_/;

/**
 * What of a page a case talks of: types and samples of what the lines made, sorted within a family, and what was counted
 * as wrong; the help text only where the case asks for it.
 */
export function comparable(page: string, expected: readonly string[]): readonly string[] {
  const rows = page.split('\n').filter((row) => {
    if (row === '' || (row.startsWith('# HELP') && !expected.includes(row))) return false;
    const name = row.replace(/^# (TYPE|HELP) /, '');
    if (OTHER.test(name)) return false;
    return !OWN.test(name) || REPORTED.test(row);
  });
  return [...rows.filter((row) => !OWN.test(row)), ...rows.filter((row) => OWN.test(row)).sort()];
}

/** The samples of a page without regard to order, spelling of numbers and order of labels. */
export function normalized(rows: readonly string[]): readonly string[] {
  return rows.map(normalRow).sort();
}

function normalRow(row: string): string {
  const [, name, labels = '', value] = /^([^#{ ][^{ ]*)(\{.*\})? (\S+)$/.exec(row) ?? [];
  if (name === undefined) return row;
  const pairs = (labels.slice(1, -1).match(/\w+="(?:[^"\\]|\\.)*"/g) ?? []).map((pair) =>
    pair.replace(/^le="(.*)\.0"$/, 'le="$1"'),
  );
  const number = value === '+Inf' ? 'Infinity' : value === '-Inf' ? '-Infinity' : value;
  return `${name}{${pairs.sort().join(',')}} ${Number(number)}`;
}
