const zeroByte = 48;
const minus = 45;
const dot = 46;
/** Longest text of a double: `-0.0000010808659813789802`. */
export const numberBytes = 25;

function writeText(text: string, target: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) target[at++] = text.charCodeAt(i);
  return at;
}

/** Writes a whole number below 2^31. */
function writeSmall(value: number, target: Uint8Array, at: number): number {
  let digits = 1;
  for (let bound = 10; digits < 10 && value >= bound; bound *= 10) digits++;
  return writePadded(value, digits, target, at);
}

/** Writes `value` with leading zeros to exactly `digits` places. */
function writePadded(value: number, digits: number, target: Uint8Array, at: number): number {
  let rest = value | 0;
  for (let i = at + digits - 1; i >= at; i--) {
    const next = (rest / 10) | 0;
    target[i] = zeroByte + rest - next * 10;
    rest = next;
  }
  return at + digits;
}

/** Writes a whole number up to 2^53. */
function writeWhole(value: number, target: Uint8Array, at: number): number {
  if (value < 0x7fffffff) return writeSmall(value, target, at);
  const high = Math.floor(value / 1e8);
  return writePadded(value - high * 1e8, 8, target, writeSmall(high, target, at));
}

/**
 * Writes a number so that Prometheus reads exactly the same one: digits, JavaScript's shortest round trip, `+Inf`,
 * `-Inf`, `NaN`.
 *
 * @param target needs numberBytes of room from `at` on
 * @returns the index after it
 */
export function writeNumber(target: Uint8Array, at: number, value: number): number {
  let size = value;
  if (value < 0 || Object.is(value, -0)) {
    size = -value;
    if (size !== Infinity) target[at++] = minus;
  }
  if (size <= Number.MAX_SAFE_INTEGER) {
    if (Math.floor(size) === size) return writeWhole(size, target, at);
    // Up to 15 digits name one double only, so a quotient that gives the value back is its shortest decimal too.
    if (size < 1e9) {
      const millionths = Math.round(size * 1e6);
      if (millionths / 1e6 === size) return writeMillionths(millionths, target, at);
    } else if (size < 1e12) {
      // Times in seconds since the epoch: every `_created` of a page.
      const thousandths = Math.round(size * 1e3);
      if (thousandths / 1e3 === size) return writeThousandths(thousandths, target, at);
    }
    return writeText(String(size), target, at);
  }
  if (size === Infinity) return writeText(value < 0 ? '-Inf' : '+Inf', target, at);
  return writeText(Number.isNaN(size) ? 'NaN' : String(size), target, at);
}

function writeMillionths(millionths: number, target: Uint8Array, at: number): number {
  const whole = Math.floor(millionths / 1e6);
  return writeFraction(millionths - whole * 1e6, 6, target, writeSmall(whole, target, at));
}

function writeThousandths(thousandths: number, target: Uint8Array, at: number): number {
  const whole = Math.floor(thousandths / 1e3);
  return writeFraction(thousandths - whole * 1e3, 3, target, writeWhole(whole, target, at));
}

/** Writes the places after the point, without the zeros at the end; `fraction` is not 0. */
function writeFraction(fraction: number, digits: number, target: Uint8Array, at: number): number {
  target[at++] = dot;
  while (fraction % 10 === 0) {
    fraction /= 10;
    digits--;
  }
  return writePadded(fraction, digits, target, at);
}

/** The text that `writeNumber` writes. */
export function formatNumber(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

/**
 * A `le` or `quantile` label value: Go's `%g` with `.0` after whole numbers, the canonical form of OpenMetrics. Both
 * formats get the same spelling because the label is part of the series' name; Prometheus 3 turns `le="1"` into
 * `le="1.0"` itself.
 */
export function formatBound(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  if (value === 0) return '0.0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 6) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}
