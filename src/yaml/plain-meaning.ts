/** The meaning of a plain scalar. */
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

const integerPattern = /^([+-]?)(?:(0[xX][0-9a-fA-F]+|0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const floatPattern = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** Go parses a text that begins with a dot as it is: underscores may only be between digits. */
const fraction = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;

/**
 * The meaning of a scalar without quotes and tag to go-yaml v2 (resolve.go), with which kubectl reads manifests and
 * statsd_exporter its mapping: YAML 1.1 with `yes` and `on`, with `0777`, `0o777`, `0b1` and `1_000`, but with times
 * and sexagesimals (`12:30`) as text.
 */
export function plainMeaning(source: string): Meaning {
  const word = words.get(source);
  if (word !== undefined) return word;
  if (source.startsWith('.')) return fraction.test(source) ? float(source.replaceAll('_', '')) : text;
  if (!/^[-+0-9]/.test(source)) return text;
  const bare = source.replaceAll('_', '');
  return integer(bare) ?? (floatPattern.test(bare) ? float(bare) : text);
}

/** An integer of at most 64 bits, as Go has it; larger ones are floats, where that is possible. */
function integer(source: string): Meaning | undefined {
  const [, sign, prefixed, octal, decimal] = integerPattern.exec(source) ?? [];
  const digits = prefixed ?? (octal === undefined ? decimal : `0o${octal}`);
  // 64 bits have at most 64 digits, and a number of thousands of digits takes long to read. Leading zeros do not count.
  const significant = digits?.replace(/^(0[xXbBoO])?0*/, '') ?? '';
  if (digits === undefined || significant.length > 64) return undefined;
  const whole = BigInt(digits) * (sign === '-' ? -1n : 1n);
  return whole >= -(2n ** 63n) && whole < 2n ** 64n ? { type: 'integer', value: Number(whole) } : undefined;
}

/** A float; a number that is too large for a double is text, because Go refuses it. */
function float(source: string): Meaning {
  const value = Number(source);
  return Number.isFinite(value) ? { type: 'float', value } : text;
}
