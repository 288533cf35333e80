import type { Failure } from '../../result/result.ts';
import type { Format } from '../metric/family.ts';
import { isLabelName, isMetricName } from '../metric/metric-names.ts';

/** The parts of a sample line, or the problem with it. */
export type SampleLine =
  | {
      readonly ok: true;
      readonly name: string;
      readonly labels: readonly (readonly [name: string, value: string])[];
      readonly value: number;
      readonly timestamp: number | undefined;
    }
  | Failure;

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinite = /^[+-]?inf(?:inity)?$/i;
const notANumber = /^[+-]?nan$/i;
const blank = /[ \t]/;
/** 2^53: a greater number of milliseconds need not be exact. */
const lastTimestamp = Number.MAX_SAFE_INTEGER;

/** Reads a number as Prometheus does (decimal forms of Go's ParseFloat); undefined where it is none. */
export function parseNumber(text: string): number | undefined {
  if (decimal.test(text)) return Number(text);
  if (infinite.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return notANumber.test(text) ? Number.NaN : undefined;
}

function bad(problem: string): Failure {
  return { ok: false, problem };
}

/**
 * Milliseconds since the epoch. Text 0.0.4 writes them as whole numbers, OpenMetrics writes seconds with a fraction.
 */
function parseTimestamp(text: string, format: Format): number | undefined {
  const value = decimal.test(text) ? Number(text) : undefined;
  if (value === undefined) return undefined;
  const milliseconds = format === 'text' ? value : Math.round(value * 1000);
  return Number.isInteger(milliseconds) && Math.abs(milliseconds) <= lastTimestamp ? milliseconds : undefined;
}

interface Cursor {
  readonly line: string;
  at: number;
}

function skipBlanks(cursor: Cursor): void {
  const { line } = cursor;
  while (line[cursor.at] === ' ' || line[cursor.at] === '\t') cursor.at++;
}

/** The value up to the closing quote, unescaped; undefined where there is none. */
function quoted(cursor: Cursor): string | undefined {
  const { line } = cursor;
  let value = '';
  let from = cursor.at;
  for (let i = from; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code === 0x22) {
      cursor.at = i + 1;
      return value + line.slice(from, i);
    }
    if (code !== 0x5c) continue;
    const escaped = line[i + 1];
    const character = escaped === 'n' ? '\n' : escaped === '\\' || escaped === '"' ? escaped : undefined;
    if (character === undefined) return undefined;
    value += line.slice(from, i) + character;
    from = i + 2;
    i++;
  }
  return undefined;
}

function parseLabels(cursor: Cursor, most: number): [string, string][] | string {
  const labels: [string, string][] = [];
  const empty: string[] = [];
  const { line } = cursor;
  for (;;) {
    skipBlanks(cursor);
    if (line[cursor.at] === '}') break;
    const equals = line.indexOf('=', cursor.at);
    if (equals < 0) return 'label without a value';
    const name = line.slice(cursor.at, equals).trimEnd();
    if (!isLabelName(name)) return 'label name is not valid';
    if (name.startsWith('__')) return `label ${name} is reserved`;
    cursor.at = equals + 1;
    skipBlanks(cursor);
    if (line[cursor.at] !== '"') return `the value of label ${name} is not quoted`;
    cursor.at++;
    const value = quoted(cursor);
    if (labels.length + empty.length >= most) return 'too many labels';
    if (value === undefined) return `the value of label ${name} does not end or has a wrong escape`;
    if (empty.includes(name) || labels.some(([other]) => other === name)) return `label ${name} is given twice`;
    // An empty value is an absent label, but it may not be given twice either.
    if (value === '') empty.push(name);
    else labels.push([name, value]);
    skipBlanks(cursor);
    if (line[cursor.at] === ',') cursor.at++;
    else if (line[cursor.at] !== '}') return 'labels are not separated by a comma';
  }
  cursor.at++;
  return labels;
}

/**
 * Parses one sample line. Blanks are accepted as in text 0.0.4, in both formats; an exemplar of OpenMetrics is skipped;
 * quoted metric names are refused (the page is requested with `escaping=underscores`).
 *
 * @param line without its line feed
 * @param labelsPerSeries a line with more labels is refused before they are compared with each other
 */
export function parseSampleLine(line: string, format: Format, labelsPerSeries: number): SampleLine {
  const cursor: Cursor = { line, at: 0 };
  skipBlanks(cursor);
  const start = cursor.at;
  while (cursor.at < line.length && !isNameEnd(line.charCodeAt(cursor.at))) cursor.at++;
  const name = line.slice(start, cursor.at);
  if (!isMetricName(name)) return bad('metric name is not valid');
  skipBlanks(cursor);
  let labels: [string, string][] = [];
  if (line[cursor.at] === '{') {
    cursor.at++;
    const parsed = parseLabels(cursor, labelsPerSeries);
    if (typeof parsed === 'string') return bad(parsed);
    labels = parsed;
  }
  return parseTail(line.slice(cursor.at), name, labels, format);
}

/** Reads value and timestamp, which follow the labels. */
function parseTail(tail: string, name: string, labels: [string, string][], format: Format): SampleLine {
  const exemplar = format === 'openmetrics' ? tail.indexOf(' # {') : -1;
  const rest = (exemplar < 0 ? tail : tail.slice(0, exemplar)).trim();
  const end = rest.search(blank);
  const valueText = end < 0 ? rest : rest.slice(0, end);
  const value = parseNumber(valueText);
  if (value === undefined) return bad(valueText === '' ? 'no value' : 'the value is not a number');
  if (end < 0) return { ok: true, name, labels, value, timestamp: undefined };
  const timeText = rest.slice(end).trimStart();
  if (blank.test(timeText)) return bad('more than a value and a timestamp');
  const timestamp = parseTimestamp(timeText, format);
  return timestamp === undefined ? bad('the timestamp is not valid') : { ok: true, name, labels, value, timestamp };
}

function isNameEnd(code: number): boolean {
  return code === 0x7b || code === 0x20 || code === 0x09;
}
