/** What a plain scalar means. */
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
/** Of what begins with a dot Go parses the text as it is: an underscore stands between digits, or nowhere. */
const FRACTION = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;

/**
 * What a scalar without quotes and tag means to go-yaml v2 (resolve.go), with which kubectl reads manifests and
 * statsd_exporter its mapping: YAML 1.1 with `yes` and `on`, with `0777`, `0o777`, `0b1` and `1_000`, but times and
 * sexagesimals (`12:30`) are text.
 */
export function plainMeaning(source: string): Meaning {
  const word = words.get(source);
  if (word !== undefined) return word;
  if (source.startsWith('.')) return FRACTION.test(source) ? float(source.replaceAll('_', '')) : text;
  if (!/^[-+0-9]/.test(source)) return text;
  const bare = source.replaceAll('_', '');
  return integer(bare) ?? (FLOAT.test(bare) ? float(bare) : text);
}

/** An integer that Go holds in 64 bits; beyond that it is a float, where it can be. */
function integer(source: string): Meaning | undefined {
  const [, sign, prefixed, octal, decimal] = INTEGER.exec(source) ?? [];
  const digits = prefixed ?? (octal === undefined ? decimal : `0o${octal}`);
  // 64 bits have 64 digits at most, and a number of thousands of digits takes long to read; leading zeros count for
  // nothing.
  const significant = digits?.replace(/^(0[xXbBoO])?0*/, '') ?? '';
  if (digits === undefined || significant.length > 64) return undefined;
  const whole = BigInt(digits) * (sign === '-' ? -1n : 1n);
  return whole >= -(2n ** 63n) && whole < 2n ** 64n ? { type: 'integer', value: Number(whole) } : undefined;
}

/** Go refuses what is too large for a double. */
function float(source: string): Meaning {
  const value = Number(source);
  return Number.isFinite(value) ? { type: 'float', value } : text;
}
