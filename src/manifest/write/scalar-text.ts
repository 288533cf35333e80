import type { Json } from '../../json/json.ts';
import { plainScalar } from '../read/scalar-value.ts';

export interface ScalarStyle {
  /** The quotes around text that needs some, where both kinds are possible. */
  readonly quote: 'single' | 'double';
  readonly flow: boolean;
}

/** Not printable to YAML 1.1, or a line break to it; JSON's own escapes cover the rest. */
const unprintablePattern = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
/** Characters that single quotes cannot hold; a lone surrogate cannot be in a file. */
const notSingle = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udfff]/;

/**
 * Texts that every YAML reader takes as they are without quotes: they begin as a word, a path or an option, and have no
 * character with a meaning in its position. `plainScalar` decides whether such a word is a boolean or null.
 */
const plainBlock = /^(?:[A-Za-z/_]|--?[A-Za-z]|\$\()(?:[\w./@%+=()$,;~^!*&<>?|{}[\]'"-]|:(?=[^\s])| (?=[^\s#]))*$/;
const plainFlow = /^(?:[A-Za-z/_]|--?[A-Za-z]|\$\()(?:[\w./@%+=()$;~^!*&<>|-]|:(?=[\w/])| (?=[^\s#]))*$/;
/** Quantities: no YAML reader takes them for numbers. */
const quantity = /^\d+(?:m|[KMGT]i|[kMGT])$/;

/** A text, number, boolean or null on one line. */
export function scalarText(value: null | boolean | number | string, { quote, flow }: ScalarStyle): string {
  if (typeof value !== 'string') return String(value);
  if ((flow ? plainFlow : plainBlock).test(value) || quantity.test(value)) {
    if (plainScalar(value) === value && value.length < 200) return value;
  }
  const prefersSingle = value.includes('"') || value.includes('\\') ? !value.includes("'") : quote === 'single';
  return prefersSingle && !notSingle.test(value) ? `'${value.replaceAll("'", "''")}'` : doubleQuoted(value);
}

/**
 * A text that replaces another one in quotes. It gets the same quotes where they were a choice, so that the old text
 * can be put back; undefined where the old text needed quotes and the new one does not.
 */
export function quotedLike(
  value: string,
  before: { readonly value: Json; readonly style: 'single' | 'double' },
  flow: boolean,
): string | undefined {
  const needs = (one: Json) => typeof one === 'string' && scalarText(one, { quote: 'double', flow }) !== one;
  if (needs(before.value) && !needs(value)) return undefined;
  const isSingle = before.style === 'single' && !notSingle.test(value);
  return isSingle ? `'${value.replaceAll("'", "''")}'` : doubleQuoted(value);
}

/** A text in double quotes that both JSON and YAML read. */
export function doubleQuoted(value: string): string {
  return JSON.stringify(value).replace(
    unprintablePattern,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A text of several lines as a block scalar: its header and its lines; undefined where the text needs quotes. */
export function literalText(value: string): { readonly header: string; readonly lines: readonly string[] } | undefined {
  if (!value.includes('\n') || value.endsWith('\n\n') || /^[\s]/.test(value)) return undefined;
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udfff]/.test(value))
    return undefined;
  const ends = value.endsWith('\n');
  const lines = (ends ? value.slice(0, -1) : value).split('\n');
  // YAML readers differ on lines of spaces alone and on document separators inside a block scalar.
  if (lines.some((line) => /^\s+$/.test(line) || /^(?:---|\.\.\.)/.test(line))) return undefined;
  return { header: ends ? '|' : '|-', lines };
}
