import { readdirSync, readFileSync } from 'node:fs';
import type { ParsedLine } from '../../../src/statsd/line/parse-line.ts';

/** One line of `test/golden/statsd-lines/*.txt` and its meaning. */
export interface LineCase {
  readonly file: string;
  readonly title: string;
  readonly flags: readonly string[];
  readonly line: Buffer;
  /** The text of the file. */
  readonly text: string;
  /**
   * An id of docs/statsd-differences.md where the real statsd_exporter 0.30 reads the line differently; absent: it
   * reads the same.
   */
  readonly differs: string | undefined;
  readonly expected: readonly string[];
}

const folder = new URL('../../golden/statsd-lines/', import.meta.url);

/** Reads all cases: `== title`, `flags: …`, then lines, each followed by its meaning, indented by two spaces. */
export function lineCases(): readonly LineCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .flatMap((file) =>
      readFileSync(new URL(file, folder), 'utf8')
        .split(/^== /m)
        .slice(1)
        .flatMap((text) => readGroup(file, text)),
    );
}

function readGroup(file: string, text: string): readonly LineCase[] {
  const [title = '', ...rows] = text.trimEnd().split('\n');
  const flags = rows[0]?.startsWith('flags: ') ? rows.shift()!.slice(7).split(' ') : [];
  const cases: { text: string; differs: string | undefined; expected: string[] }[] = [];
  for (const row of rows) {
    if (!row.startsWith('  ')) cases.push({ text: row, differs: undefined, expected: [] });
    else if (row.startsWith('  differs: ')) cases.at(-1)!.differs = row.slice(11);
    else cases.at(-1)!.expected.push(row.slice(2));
  }
  return cases.map((one) => ({ file, title, flags, line: bytesOf(one.text), ...one }));
}

function bytesOf(text: string): Buffer {
  return Buffer.concat(
    text
      .split(/(\\x[0-9a-f]{2})/)
      .map((part) => (part.startsWith('\\x') ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part))),
  );
}

/** The meaning of a line in words: a row for each sample. */
export function described(parsed: ParsedLine): readonly string[] {
  if (parsed.kind === 'empty') return ['empty'];
  if (parsed.kind === 'event') return [`event ${parsed.alertType}`];
  if (parsed.kind === 'service_check') {
    return [`check ${parsed.name}${labelText(parsed.labels)} ${parsed.status}`, ...errors(parsed.tagErrors)];
  }
  if (parsed.kind === 'refused') return [`line refused: ${parsed.reason}`, ...errors(parsed.tagErrors)];
  const rows = parsed.samples.map((sample) => {
    if (sample.refused !== undefined) return `refused: ${sample.refused}`;
    const { value, member, relative, suffix } = sample;
    const { kind, factor, labels, milliseconds } = suffix;
    const name = `${parsed.name}${labelText(labels)}`;
    if (member !== undefined) return `set ${name} ${member}`;
    if (kind === 'gauge') return `gauge ${name} ${relative ? '+= ' : ''}${value}`;
    if (kind === 'counter') return `counter ${name} ${value}${factor === 1 ? '' : ` / ${factor}`}`;
    return `${milliseconds ? 'timer' : 'observer'} ${name} ${value}${factor === 1 ? '' : ` * ${factor}`}`;
  });
  return [...rows, ...errors(parsed.tagErrors)];
}

function labelText(labels: readonly (readonly [string, string])[]): string {
  return labels.length === 0 ? '' : `{${labels.map(([name, value]) => `${name}="${value}"`).join(',')}}`;
}

function errors(count: number): readonly string[] {
  return count === 0 ? [] : [`tag errors: ${count}`];
}
