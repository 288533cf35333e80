import type { Json } from '../../json/json.ts';
import { plainScalar } from '../read/scalar-value.ts';

export interface ScalarStyle {
  /** What is put around text that needs quotes, where both can. */
  readonly quote: 'single' | 'double';
  readonly flow: boolean;
}

/** Not printable to YAML 1.1, or a line break to it; JSON's own escapes cover the rest. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
/** What single quotes cannot hold; a surrogate without its other half is none of a file's. */
const NOT_SINGLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udfff]/;

/**
 * Texts that every reader of YAML takes as they are: beginning with a letter, a path or an option, with no character
 * that means something where it stands. Whether a word is a boolean or null is asked of the reader.
 */
const PLAIN_BLOCK = /^(?:[A-Za-z/_]|--?[A-Za-z]|\$\()(?:[\w./@%+=()$,;~^!*&<>?|{}[\]'"-]|:(?=[^\s])| (?=[^\s#]))*$/;
const PLAIN_FLOW = /^(?:[A-Za-z/_]|--?[A-Za-z]|\$\()(?:[\w./@%+=()$;~^!*&<>|-]|:(?=[\w/])| (?=[^\s#]))*$/;
/** Quantities, which are numbers to nobody. */
const QUANTITY = /^\d+(?:m|[KMGT]i|[kMGT])$/;

/** A text, number, boolean or null on one line. */
export function scalarText(value: null | boolean | number | string, { quote, flow }: ScalarStyle): string {
  if (typeof value !== 'string') return String(value);
  if ((flow ? PLAIN_FLOW : PLAIN_BLOCK).test(value) || QUANTITY.test(value)) {
    if (plainScalar(value) === value && value.length < 200) return value;
  }
  const prefersSingle = value.includes('"') || value.includes('\\') ? !value.includes("'") : quote === 'single';
  return prefersSingle && !NOT_SINGLE.test(value) ? `'${value.replaceAll("'", "''")}'` : doubleQuoted(value);
}

/**
 * A text in place of another that stands in quotes: in the same ones where somebody chose them, so that it can be put
 * back; undefined where the other one needed quotes and this one does not.
 */
export function quotedLike(
  value: string,
  before: { readonly value: Json; readonly style: 'single' | 'double' },
  flow: boolean,
): string | undefined {
  const needs = (one: Json) => typeof one === 'string' && scalarText(one, { quote: 'double', flow }) !== one;
  if (needs(before.value) && !needs(value)) return undefined;
  const isSingle = before.style === 'single' && !NOT_SINGLE.test(value);
  return isSingle ? `'${value.replaceAll("'", "''")}'` : doubleQuoted(value);
}

/** A text in double quotes as both JSON and YAML read it. */
export function doubleQuoted(value: string): string {
  return JSON.stringify(value).replace(UNPRINTABLE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text of several lines as a block scalar: its header and its lines; undefined where only quotes hold it. */
export function literalText(value: string): { readonly header: string; readonly lines: readonly string[] } | undefined {
  if (!value.includes('\n') || value.endsWith('\n\n') || /^[\s]/.test(value)) return undefined;
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udfff]/.test(value))
    return undefined;
  const ends = value.endsWith('\n');
  const lines = (ends ? value.slice(0, -1) : value).split('\n');
  // Lines of spaces alone, and separators of documents, mean something else to one reader or another.
  if (lines.some((line) => /^\s+$/.test(line) || /^(?:---|\.\.\.)/.test(line))) return undefined;
  return { header: ends ? '|' : '|-', lines };
}
