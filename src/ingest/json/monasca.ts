import { quote } from '../../flags/codec.ts';
import type { Result } from '../../result/result.ts';
import type { Problems, RowPosition } from '../payload/payload-problem.ts';

/** A family as monasca-sidecar's clients push it; a later push of it may leave `type` and `help` out. */
export interface PushedFamily {
  readonly name: string;
  readonly type?: string;
  readonly help?: string;
  /** How the gauges of several clients become one, where no `_aggregate` label of a row says it. */
  readonly aggregate?: string;
  readonly values: readonly PushedRow[];
}

/** One sample. `name` is the sample's own, with `_bucket`, `_sum` and so on; without it: the family's. */
export interface PushedRow {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The words for numbers that JSON cannot write. */
const words: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  '+Inf': Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

/** The number of a row's `value`; undefined where it is none (null, true, "12"). */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : undefined;
}

/** Reads a body as JSON, with the bare `NaN` and `Infinity` that Python's `json` writes. */
export function parseJson(text: string): Result<unknown> {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const tolerant = /NaN|Infinity/.test(text) ? quoteWords(text) : text;
    if (tolerant !== text) {
      try {
        return { ok: true, value: JSON.parse(tolerant) };
      } catch {
        // The first error has the position in the text that was sent; this one would not.
      }
    }
    return { ok: false, problem: `the body is not JSON: ${(error as Error).message.slice(0, 200)}` };
  }
}

const bareWords = [
  ['NaN', '"NaN"'],
  ['Infinity', '"+Inf"'],
  ['-Infinity', '"-Inf"'],
] as const;

/**
 * Puts Python's words for numbers, where they stand outside of strings, into quotes. It is one pass by hand: the body
 * may be hostile, and a regular expression over strings with escapes can take quadratic time or overflow the stack.
 */
function quoteWords(text: string): string {
  let quoted = '';
  let parts: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
      continue;
    }
    if (character !== 'N' && character !== 'I' && character !== '-') continue;
    const match = bareWords.find(([word]) => text.startsWith(word, i));
    if (match === undefined) continue;
    const [word, replacement] = match;
    parts.push(text.slice(from, i), replacement);
    // A piece takes many times the memory of its characters.
    if (parts.length > 2000) {
      quoted += parts.join('');
      parts = [];
    }
    from = i + word.length;
    i = from - 1;
  }
  return from === 0 ? text : quoted + parts.join('') + text.slice(from);
}

/**
 * Reads one family of a payload, without its rows: checks the JSON type of every field. `validate-rows` checks the
 * contents.
 *
 * @returns the family, not copied, its rows unread; undefined where it is no family
 */
export function readFamily(value: unknown, family: number, problems: Problems): PushedFamily | undefined {
  const position = { family, row: -1 };
  if (!isObject(value)) {
    problems.add(position, [], 'bad_field', `a family must be an object, not ${kindOf(value)}`);
    return undefined;
  }
  const before = problems.count;
  if (value['name'] === undefined) problems.add(position, [], 'missing_field', 'the family has no name');
  for (const field of ['name', 'type', 'help', 'aggregate']) {
    const text = value[field];
    if (text !== undefined && typeof text !== 'string') {
      problems.add(position, [field], 'bad_field', `${field} must be a string, not ${kindOf(text)}`);
    }
  }
  const rows = value['values'];
  if (rows === undefined) problems.add(position, [], 'missing_field', 'the family has no values');
  else if (!Array.isArray(rows)) {
    problems.add(position, ['values'], 'bad_field', `values must be an array, not ${kindOf(rows)}`);
  }
  return problems.count === before ? (value as unknown as PushedFamily) : undefined;
}

/** No flag lets a series have more. Each label is examined several times. */
const mostLabels = 1004;

/** Reads one row likewise. A row with only a wrong value is returned, since its name and labels can be validated. */
export function readRow(row: unknown, position: RowPosition, problems: Problems): PushedRow | undefined {
  if (!isObject(row)) {
    problems.add(position, [], 'bad_field', `a value must be an object, not ${kindOf(row)}`);
    return undefined;
  }
  const { name, labels, value } = row;
  if (value === undefined) problems.add(position, [], 'missing_field', 'the row has no value');
  else if (numberOf(value) === undefined) problems.add(position, ['value'], 'bad_value', notANumber(value));
  const before = problems.count;
  if (name !== undefined && typeof name !== 'string') {
    problems.add(position, ['name'], 'bad_field', `name must be a string, not ${kindOf(name)}`);
  }
  if (labels !== undefined && !isObject(labels)) {
    problems.add(position, ['labels'], 'bad_field', `labels must be an object, not ${kindOf(labels)}`);
    return undefined;
  }
  let count = 0;
  for (const label in labels) {
    if (++count > mostLabels) {
      const detail = `the row has more than ${mostLabels} labels; --limit.labels says how many a series may have`;
      problems.add(position, ['labels'], 'bad_label_name', detail);
      return undefined;
    }
    if (typeof labels[label] === 'string') continue;
    const detail = `the value of label ${quote(label)} must be a string, not ${kindOf(labels[label])}`;
    problems.add(position, ['labels', label], 'bad_label_value', detail);
  }
  return problems.count === before ? (row as unknown as PushedRow) : undefined;
}

/** The sentence about a `value` that `numberOf` does not read. */
export function notANumber(value: unknown): string {
  const shown = typeof value === 'string' ? quote(value) : kindOf(value);
  return `value must be a number, "NaN", "+Inf" or "-Inf", not ${shown}`;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
