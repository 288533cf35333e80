import type { Failure, Result } from '../result/result.ts';

/** The bound of one value: the longest DNS name, and more than any number, word or name needs. */
export const scalarBytes = 253;
/** The bound of a comma list. */
export const listBytes = 16 * 1024;
/** The bound of a whole document in one value: a JSON Patch, a mapping, a status. */
export const documentBytes = 64 * 1024;

/** The numbers that may stand for a value where types exist (YAML), in the words of JSON Schema. */
export interface Numbers {
  readonly type: 'integer' | 'number';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** The text form of one type of value; `codecOf` makes a codec of it. */
export interface Notation<T> {
  /** The word that help and docs put where the value goes: `PORT`, `DURATION`. */
  readonly placeholder: string;
  /** The expected form, for help, docs and error texts: "a port, 1 to 65535". */
  readonly expects: string;
  /** The longest text that is read, in bytes of UTF-8. */
  readonly most: number;
  /** The completions of a shell: some words, or the files or directories of its machine. */
  readonly completes?: Completes;
  readonly numbers?: Numbers;
  /** The notation of an element, where the text is a comma list. */
  readonly element?: Notation<unknown>;
  // Methods, not function properties: a table holds codecs of many types side by side.
  /**
   * Reads a text that is known to be no longer than `most`. A problem completes the sentence "NAME: …" and says what
   * would be right.
   */
  read(text: string): Result<T>;
  format(value: T): string;
  /**
   * The texts that `read` takes, for schemas: a regular expression without anchors, of the syntax that ECMAScript and
   * RE2 share. It may take more than `read`, since it cannot tell an order or a sum; it never takes less.
   */
  pattern?(): string;
}

declare const bounded: unique symbol;

/**
 * A codec reads and writes one type of value in a flag, an annotation or a settings file. Only `codecOf` makes codecs,
 * so that each tests the length of a text before it reads the text.
 *
 * The law every codec keeps, checked by properties in `test/flags/codec.test.ts`: for each value of the codec,
 * `parse(format(value))` gives the value back, so that the runtime reads what the injector renders.
 */
export interface Codec<T> extends Notation<T> {
  readonly [bounded]: true;
  parse(text: string): Result<T>;
}

/** A codec that tests the length of a text first. */
export function codecOf<T>(notation: Notation<T>): Codec<T> {
  const { most } = notation;
  const parse = (text: string) => (isLonger(text, most) ? tooLong(text, most) : notation.read(text));
  return { ...notation, parse } as Codec<T>;
}

/** Whether a text has more bytes than a bound. Of a long text only the length is read. */
export function isLonger(text: string, bytes: number): boolean {
  // No character has more than three bytes for each of its UTF-16 units.
  return text.length > bytes || (text.length * 3 > bytes && Buffer.byteLength(text) > bytes);
}

/** The refusal of a long text, which is not quoted. */
export function tooLong(text: string, most: number): Failure {
  return { ok: false, problem: `the value has ${Buffer.byteLength(text)} bytes, at most ${most} are read` };
}

export type Completes = readonly string[] | 'file' | 'directory';

export function parsed<T>(value: T): Result<T> {
  return { ok: true, value };
}

/**
 * The refusal of a text that does not have the expected form. A long text is cut, unprintable characters are escaped.
 */
export function refused(text: string, expects: string, hint = ''): Failure {
  return { ok: false, problem: `${quote(text)} is not ${expects}${hint}` };
}

/** A text for an error message: JSON escapes for unprintable characters, at most 60 characters. */
export function quote(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u2028\u2029\ud800-\udfff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A codec with a further condition on its values. */
export function where<T>(inner: Notation<T>, expects: string, holds: (value: T) => boolean): Codec<T> {
  return codecOf({
    ...inner,
    expects,
    read(text) {
      const result = inner.read(text);
      return !result.ok || holds(result.value) ? result : refused(text, expects);
    },
  });
}

/** The source of an anchored expression (`^…$`) whose alternatives stand in groups, without the anchors. */
export function unanchored({ source }: RegExp): string {
  return source.slice(1, -1);
}
