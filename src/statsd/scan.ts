import type { Intake } from './intake.ts';
import { takeLine, takeValues } from './intake.ts';
import { goFloat } from './number.ts';
import { Op } from './table.ts';

const LF = 10;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const COLON = 58;
const BAR = 124;
const FNV_PRIME = 0x01000193;
/** Digits that a double holds exactly, and the powers of ten that it does: their quotient is correctly rounded. */
const EXACT_DIGITS = 15;
const POWERS = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

/**
 * Takes in the lines of `bytes` from `start` to `end`. The last byte must be a newline: it stops every inner loop, so none of them
 * looks at `end`.
 *
 * A line is hashed while it is scanned, all but its value; where the table knows the rest, the value is added right here. Everything
 * else (a new line, a line of several samples, an unusual or wrong one) is read in full by `takeLine`.
 *
 * @param limit a line of more bytes is not read but counted as too long.
 */
export function scan(intake: Intake, bytes: Buffer, start: number, end: number, limit: number): void {
  const { table, tally } = intake;
  const { seed } = table;
  let lines = 0;
  let known = 0;
  for (let at = start; at < end; at++) {
    const line = at;
    let hash = seed;
    let byte = bytes[at]!;
    while (byte !== COLON && byte !== LF) {
      hash = Math.imul(hash ^ byte, FNV_PRIME);
      byte = bytes[++at]!;
    }
    const value = byte === COLON ? at + 1 : at;
    let mantissa = 0;
    let point = 0;
    if (byte === COLON) byte = bytes[++at]!;
    const sign = byte;
    if (byte === PLUS || byte === MINUS) byte = bytes[++at]!;
    const digits = at;
    while ((byte >= ZERO && byte < COLON) || (byte === POINT && point === 0)) {
      if (byte === POINT) point = at + 1;
      else mantissa = mantissa * 10 + (byte - ZERO);
      byte = bytes[++at]!;
    }
    const plain =
      byte === BAR && at - digits - (point === 0 ? 0 : 1) <= EXACT_DIGITS && at - digits > (point === 0 ? 0 : 1);
    while (byte !== BAR && byte !== LF) byte = bytes[++at]!;
    const rest = at;
    while (byte !== LF) {
      hash = Math.imul(hash ^ byte, FNV_PRIME);
      byte = bytes[++at]!;
    }
    if (at - line > limit) {
      tally.tcpTooLongLines++;
      continue;
    }
    lines++;
    const index = rest === at ? -1 : table.find(hash, bytes, line, value - 1 - line, rest, at - rest);
    if (index >= 0) {
      const number = plain
        ? (point === 0 ? mantissa : mantissa / POWERS[rest - point]!) * (sign === MINUS ? -1 : 1)
        : Number.NaN;
      if (plain ? add(intake, index, number, sign) : addUnusual(intake, index, bytes, value, rest)) {
        known++;
        continue;
      }
    }
    const entry = takeLine(intake, bytes, line, at);
    if (entry !== undefined && index < 0) table.insert(entry, hash, bytes, line, value - 1 - line, rest, at - rest);
  }
  tally.lines += lines;
  tally.linesKnown += known;
  tally.linesAccepted += known;
}

/** Adds a value to what a known line stands for. False: the value is not as simple as that, nothing was done. */
function add(intake: Intake, index: number, value: number, sign: number): boolean {
  const { table, aggregate, tally } = intake;
  const op = table.ops[index]!;
  const at = table.meta[index * 4 + 3]!;
  const kind = op & Op.kind;
  if (kind === Op.counter) {
    const increment = value / table.factors[index]!;
    if (!(increment >= 0 && increment < Number.POSITIVE_INFINITY)) return false;
    aggregate.store.values[at]! += increment;
    tally.counters++;
  } else if (kind === Op.gauge) {
    if (sign === PLUS || sign === MINUS) aggregate.store.values[at]! += value;
    else aggregate.store.values[at] = value;
    tally.gauges++;
  } else {
    if (!aggregate.observe(op, at, value, table.factors[index]!)) return false;
    tally.observers++;
  }
  tally.samples++;
  if ((op & Op.tagged) !== 0) tally.tagged++;
  return true;
}

/** The same for a value in an unusual form, or several values. */
function addUnusual(intake: Intake, index: number, bytes: Buffer, from: number, to: number): boolean {
  const text = bytes.toString('latin1', from, to);
  if (!text.includes(':')) {
    const number = goFloat(text);
    return number !== undefined && add(intake, index, number, bytes[from]!);
  }
  const { tally } = intake;
  const taken = takeValues(intake, index, text);
  tally.observers += taken;
  tally.samples += taken;
  if ((intake.table.ops[index]! & Op.tagged) !== 0) tally.tagged += taken;
  return taken > 0;
}
