import { quote } from '../../../flags/codec.ts';
import { didYouMean } from '../../../text/nearest.ts';
import type { Findings, Located } from '../findings.ts';
import { goDuration, nanosecondsPerMillisecond } from './duration.ts';
import type { MapEntry, Value } from './mapping-document.ts';

type Scalar = Extract<Value, { readonly type: 'scalar' }>;

/** The context of reading a value. */
export interface Context {
  readonly findings: Findings;
  readonly strict: boolean;
}

export function isNull(value: Value): boolean {
  return value.type === 'scalar' && value.meaning.type === 'null';
}

/**
 * Calls the reader of each key of a map with its value; a null counts as an absent key. Unknown keys are reported.
 *
 * @param what the thing that the map describes, for the message
 */
export function readMap(
  value: Value,
  what: string,
  readers: Readonly<Record<string, (value: Value, entry: MapEntry) => void>>,
  { findings, strict }: Context,
): void {
  if (value.type !== 'map') {
    if (!isNull(value)) findings.error(value.place, 'wrong_type', `${what} has to be a map`);
    return;
  }
  for (const entry of value.entries()) {
    const read = Object.hasOwn(readers, entry.key) ? readers[entry.key] : undefined;
    if (read === undefined) {
      const message = `${quote(entry.key)} is no key of ${what}${didYouMean(entry.key, Object.keys(readers))}`;
      if (strict) findings.error(entry.keyPlace, 'unknown_key', message);
      else findings.warning(entry.keyPlace, 'unknown_key', `ignored: ${message}`);
    } else if (!isNull(entry.value)) {
      read(entry.value, entry);
    }
  }
}

/** The items of a list; undefined: the value is not a list, or has more items than the bound, of which none is read. */
export function readList(
  value: Value,
  what: string,
  { findings }: Context,
  bound?: { readonly most: number; readonly code: string },
): readonly Value[] | undefined {
  if (value.type !== 'list') {
    findings.error(value.place, 'wrong_type', `${what} has to be a list`);
    return undefined;
  }
  if (bound === undefined || value.size <= bound.most) return value.items();
  findings.error(value.place, bound.code, `${what} has ${value.size} entries: ${bound.most} are the most`);
  return undefined;
}

/** Text; any scalar is read as its text, as go-yaml does. */
export function readText(value: Value, what: string, context: Context): Located<string> | undefined {
  const scalar = scalarOf(value, `${what} has to be text`, context);
  return scalar && { value: scalar.text, place: scalar.place };
}

export function readBoolean(value: Value, what: string, context: Context): boolean | undefined {
  const expects = `${what} has to be true or false`;
  const scalar = scalarOf(value, expects, context);
  if (scalar === undefined) return undefined;
  if (scalar.meaning.type === 'boolean') return scalar.meaning.value;
  return refuse(scalar, expects, context);
}

export function readNumber(value: Value, what: string, context: Context): Located<number> | undefined {
  const expects = `${what} has to be a number`;
  const scalar = scalarOf(value, expects, context);
  if (scalar === undefined) return undefined;
  const { meaning, place } = scalar;
  if (meaning.type === 'integer' || meaning.type === 'float') return { value: meaning.value, place };
  if (meaning.type === 'null') return { value: 0, place };
  return refuse(scalar, expects, context);
}

/** A whole number of 32 bits; a fraction is cut off. */
export function readCount(value: Value, what: string, context: Context): Located<number> | undefined {
  const number = readNumber(value, what, context);
  if (number === undefined) return undefined;
  const whole = Math.trunc(number.value);
  if (whole >= 0 && whole < 2 ** 32) return { ...number, value: whole };
  context.findings.error(number.place, 'wrong_type', `${what} has to be a whole number from 0 up`);
  return undefined;
}

/**
 * A duration in milliseconds. A number without a unit is nanoseconds, as in statsd_exporter, which authors hardly ever
 * mean.
 */
export function readDuration(value: Value, what: string, context: Context): Located<number> | undefined {
  const expects = `${what} has to be a duration such as 30s, 5m or 1h30m`;
  const scalar = scalarOf(value, expects, context);
  if (scalar === undefined) return undefined;
  const { meaning, place, text } = scalar;
  if (meaning.type === 'integer' || meaning.type === 'float') {
    const nanoseconds = Math.trunc(meaning.value);
    if (!(Math.abs(nanoseconds) <= 2 ** 63)) return refuse(scalar, expects, context);
    if (meaning.value !== 0) {
      const message = `${what}: ${text} has no unit and means nanoseconds; for seconds write ${text}s`;
      context.findings.warning(place, 'duration_without_unit', message);
    }
    return { value: nanoseconds / nanosecondsPerMillisecond, place };
  }
  const nanoseconds = meaning.type === 'text' ? goDuration(text) : undefined;
  if (nanoseconds === undefined) return refuse(scalar, expects, context);
  return { value: nanoseconds / nanosecondsPerMillisecond, place };
}

/** One of a few words; an empty text means `empty`, where that is a word too. */
export function readWord<Word extends string>(
  value: Value,
  what: string,
  words: readonly Word[],
  empty: Word | undefined,
  context: Context,
): Located<Word> | undefined {
  const expects = `${what} has to be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  const scalar = scalarOf(value, expects, context);
  if (scalar === undefined) return undefined;
  const word = scalar.text === '' && empty !== undefined ? empty : words.find((one) => one === scalar.text);
  if (word !== undefined) return { value: word, place: scalar.place };
  return refuse(scalar, expects, context, didYouMean(scalar.text, words));
}

function scalarOf(value: Value, expects: string, { findings }: Context): Scalar | undefined {
  if (value.type === 'scalar') return value;
  findings.error(value.place, 'wrong_type', `${expects}, not a ${value.type}`);
  return undefined;
}

function refuse({ place, text }: Scalar, expects: string, { findings }: Context, hint = ''): undefined {
  findings.error(place, 'wrong_type', `${expects}, not ${quote(text)}${hint}`);
}
