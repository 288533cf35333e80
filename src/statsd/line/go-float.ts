const digitsPattern = '[0-9]+(?:_[0-9]+)*';
const hexDigits = '[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*';
const plainPattern = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const decimal = new RegExp(
  `^[+-]?(?:${digitsPattern}(?:\\.(?:${digitsPattern})?)?|\\.${digitsPattern})(?:[eE][+-]?${digitsPattern})?$`,
);
const hexPattern = new RegExp(
  `^([+-]?)0[xX](?:_?(${hexDigits})(?:\\.(${hexDigits})?)?|\\.(${hexDigits}))[pP]([+-]?${digitsPattern})$`,
);
const infinitePattern = /^([+-]?)inf(?:inity)?$/i;
const notANumber = /^nan$/i;

/**
 * Reads a number as Go's `strconv.ParseFloat(s, 64)` does, and so statsd_exporter: decimal and hexadecimal floats
 * (these with a `p` exponent), single underscores between digits, `inf`, `infinity` and `nan` in any case.
 *
 * @returns undefined where Go returns an error: wrong syntax, or a magnitude above the largest double. A magnitude
 *   below the least becomes 0 without an error, as in Go.
 */
export function goFloat(text: string): number | undefined {
  if (plainPattern.test(text)) return inRange(Number(text));
  if (decimal.test(text)) return inRange(Number(text.replaceAll('_', '')));
  const hex = hexPattern.exec(text);
  if (hex !== null) {
    const [, sign, whole = '', fraction = '', onlyFraction = '', exponent = ''] = hex;
    const magnitude = hexFloat(plain(whole), plain(fraction + onlyFraction), Number(plain(exponent)));
    return inRange(sign === '-' ? -magnitude : magnitude);
  }
  const infinite = infinitePattern.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return notANumber.test(text) ? Number.NaN : undefined;
}

function plain(digits: string): string {
  return digits.replaceAll('_', '');
}

function inRange(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** `0x<whole>.<fraction>p<exponent>`, rounded once, to nearest and ties to even, also where the result is subnormal. */
function hexFloat(whole: string, fraction: string, exponent: number): number {
  const mantissa = BigInt(`0x${whole}${fraction}`);
  if (mantissa === 0n) return 0;
  const bits = mantissa.toString(2).length;
  const unit = exponent - 4 * fraction.length;
  const top = bits - 1 + unit;
  if (top > 1023) return Number.POSITIVE_INFINITY;
  if (top < -1075) return 0;
  const precision = top >= -1022 ? 53 : 53 - (-1022 - top);
  const drop = BigInt(Math.max(0, bits - precision));
  const rest = mantissa & ((1n << drop) - 1n);
  const half = drop === 0n ? 1n : 1n << (drop - 1n);
  const head = mantissa >> drop;
  const up = rest > half || (rest === half && (head & 1n) === 1n) ? 1n : 0n;
  // Both factors are exact: the integer has at most 54 bits, and the power is split so that no part underflows.
  const scale = unit + Number(drop);
  return Number(head + up) * 2 ** Math.trunc(scale / 2) * 2 ** (scale - Math.trunc(scale / 2));
}
