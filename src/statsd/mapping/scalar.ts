import { goFloat } from '../number.ts';

/** What a plain scalar means to go-yaml v2, which reads the mapping files of statsd_exporter: YAML 1.1, without sexagesimals. */
export type Meaning =
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  /** `value` is the nearest double. */
  | { readonly type: 'integer'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'text' };

const text: Meaning = { type: 'text' };

const words: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, { type: 'null' }] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, { type: 'boolean', value: true }] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, { type: 'boolean', value: false }] as const,
  ),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, { type: 'float', value: Number.NaN }] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    (word) => [word, { type: 'float', value: Number.POSITIVE_INFINITY }] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, { type: 'float', value: Number.NEGATIVE_INFINITY }] as const),
]);

const INTEGER = /^([+-]?)(?:(0[xX][0-9a-fA-F]+|0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** The meaning of a scalar that was written without quotes and without a tag. */
export function plainMeaning(source: string): Meaning {
  const word = words.get(source);
  if (word !== undefined) return word;
  if (source.startsWith('.')) return float(goFloat(source));
  if (!/^[+\-0-9]/.test(source)) return text;
  const bare = source.replaceAll('_', '');
  const [, sign, prefixed, octal, decimal] = INTEGER.exec(bare) ?? [];
  const digits = prefixed ?? (octal === undefined ? decimal : `0o${octal}`);
  if (digits !== undefined) {
    const whole = BigInt(digits) * (sign === '-' ? -1n : 1n);
    if (whole >= -(2n ** 63n) && whole < 2n ** 64n) return { type: 'integer', value: Number(whole) };
  }
  return FLOAT.test(bare) ? float(goFloat(bare)) : text;
}

function float(value: number | undefined): Meaning {
  return value === undefined ? text : { type: 'float', value };
}
