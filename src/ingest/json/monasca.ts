import { quote } from '../../flags/codec.ts';
import type { Result } from '../../result/result.ts';
import type { Place, Problems } from '../payload/payload-problem.ts';

/** A family as monasca-sidecar's clients push it; `type` and `help` may be left out of a family that is known already. */
export interface PushedFamily {
  readonly name: string;
  readonly type?: string;
  readonly help?: string;
  /** How the gauges of several clients become one, where a row does not say it by its `_aggregate` label. */
  readonly aggregate?: string;
  readonly values: readonly PushedRow[];
}

/** One sample. `name` is the sample's own, with `_bucket`, `_sum` and so on; without it: the family's. */
export interface PushedRow {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The words that a number of JSON may be instead, since JSON has no such numbers. */
const words: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  '+Inf': Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

/** The number that a row's `value` says; undefined where it says none (null, true, "12"). */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : undefined;
}

/** Reads the text of a body as JSON, and as what Python's `json` writes for numbers that JSON has not: bare `NaN`, `Infinity`. */
export function parseJson(text: string): Result<unknown> {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const tolerant = /NaN|Infinity/.test(text) ? quoteWords(text) : text;
    if (tolerant !== text) {
      try {
        return { ok: true, value: JSON.parse(tolerant) };
      } catch {
        // The first error says where in the text that was sent; this one would not.
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

/** Puts Python's words for numbers, where they stand outside of strings, into quotes. One pass by hand: the body is hostile, and a regular expression over strings with escapes can take quadratic time or overflow. */
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
    const found = bareWords.find(([word]) => text.startsWith(word, i));
    if (found === undefined) continue;
    parts.push(text.slice(from, i), found[1]);
    // A piece takes many times the memory of its characters.
    if (parts.length > 2000) {
      quoted += parts.join('');
      parts = [];
    }
    from = i + found[0].length;
    i = from - 1;
  }
  return from === 0 ? text : quoted + parts.join('') + text.slice(from);
}

/**
 * Reads one family of a payload, without its rows: that every field is of the JSON type it must be. What the fields say is
 * validated elsewhere.
 *
 * @returns the family, not copied, its rows unread; undefined where it is no family
 */
export function readFamily(value: unknown, family: number, problems: Problems): PushedFamily | undefined {
  const place = { family, row: -1 };
  if (!isObject(value)) {
    problems.add(place, [], 'bad_field', `a family must be an object, not ${kindOf(value)}`);
    return undefined;
  }
  const before = problems.count;
  if (value['name'] === undefined) problems.add(place, [], 'missing_field', 'the family has no name');
  for (const field of ['name', 'type', 'help', 'aggregate']) {
    const given = value[field];
    if (given !== undefined && typeof given !== 'string') {
      problems.add(place, [field], 'bad_field', `${field} must be a string, not ${kindOf(given)}`);
    }
  }
  const rows = value['values'];
  if (rows === undefined) problems.add(place, [], 'missing_field', 'the family has no values');
  else if (!Array.isArray(rows)) {
    problems.add(place, ['values'], 'bad_field', `values must be an array, not ${kindOf(rows)}`);
  }
  return problems.count === before ? (value as unknown as PushedFamily) : undefined;
}

/** No flag lets a series have more. Each label is looked at several times. */
const mostLabels = 1004;

/** Reads one row likewise. A row whose value alone is wrong is given back, since its name and labels can be validated. */
export function readRow(row: unknown, place: Place, problems: Problems): PushedRow | undefined {
  if (!isObject(row)) {
    problems.add(place, [], 'bad_field', `a value must be an object, not ${kindOf(row)}`);
    return undefined;
  }
  const { name, labels, value } = row;
  if (value === undefined) problems.add(place, [], 'missing_field', 'the row has no value');
  else if (numberOf(value) === undefined) problems.add(place, ['value'], 'bad_value', notANumber(value));
  const before = problems.count;
  if (name !== undefined && typeof name !== 'string') {
    problems.add(place, ['name'], 'bad_field', `name must be a string, not ${kindOf(name)}`);
  }
  if (labels !== undefined && !isObject(labels)) {
    problems.add(place, ['labels'], 'bad_field', `labels must be an object, not ${kindOf(labels)}`);
    return undefined;
  }
  let count = 0;
  for (const label in labels) {
    if (++count > mostLabels) {
      const detail = `the row has more than ${mostLabels} labels; --limit.labels says how many a series may have`;
      problems.add(place, ['labels'], 'bad_label_name', detail);
      return undefined;
    }
    if (typeof labels[label] === 'string') continue;
    const detail = `the value of label ${quote(label)} must be a string, not ${kindOf(labels[label])}`;
    problems.add(place, ['labels', label], 'bad_label_value', detail);
  }
  return problems.count === before ? (row as unknown as PushedRow) : undefined;
}

/** The sentence about a `value` that `numberOf` does not read. */
export function notANumber(value: unknown): string {
  const given = typeof value === 'string' ? quote(value) : kindOf(value);
  return `value must be a number, "NaN", "+Inf" or "-Inf", not ${given}`;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
