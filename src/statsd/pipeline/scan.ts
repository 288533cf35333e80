import { goFloat } from '../line/go-float.ts';
import { isMove } from '../series/finite.ts';
import { Op } from '../series/op.ts';
import { folded, lastWord, step } from '../table/key-words.ts';
import { Value } from '../table/known-refusal.ts';
import type { LinePipeline } from './line-pipeline.ts';
import { applyValues, processLine } from './line-pipeline.ts';
import { COUNTED, countFaults, processUnusual, refuseWithoutRoom } from './repeated-refusals.ts';
import { processWhole } from './whole-lines.ts';

const LF = 10;
const CR = 13;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const COLON = 58;
const T = 84;
const BAR = 124;
/** Digits that a double holds exactly, and the powers of ten that it does: their quotient is correctly rounded. */
const EXACT_DIGITS = 15;
/** So few digits make no infinity. */
const MOST_DIGITS = 300;
const POWERS = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

/** Four of each, for four bytes at a time. */
const COLONS = 0x3a3a3a3a;
const LFS = 0x0a0a0a0a;

/** The uppermost bit of each byte that is zero; bits of bytes behind the first of them may be wrong. */
function zeroBytes(word: number): number {
  return (word - 0x01010101) & ~word & 0x80808080;
}

/** The place of the first byte that has such a bit. */
function firstByte(bits: number): number {
  return (31 - Math.clz32(bits & -bits)) >> 3;
}

/**
 * Takes in the lines of `bytes` from `start` to `end`. The last byte must be a newline: it stops every inner loop, so none of them
 * looks at `end`.
 *
 * Where the table knows a line, all but its value, the value is added right here. Everything else (a new line, a line of several
 * samples, an unusual or wrong one) is read in full by `processLine`.
 *
 * The ends of name and rest are looked for four bytes at a time, and the same words make the hash on the way, exactly as `hashOf` makes
 * it: a byte at a time, and hashed in a second pass, a line of 30 bytes cost a fifth more. All of it is in one function, since what it
 * would hand on, a place and a hash at once, would be an object for each part of a line.
 *
 * @param limit a line of more bytes is not read.
 * @returns how many such lines there were.
 */
export function scan(pipeline: LinePipeline, bytes: Buffer, start: number, end: number, limit: number): number {
  const { table, aggregate, counters } = pipeline;
  const view = table.view(bytes);
  const { multiplier } = table;
  let { values } = aggregate.store;
  let tooLong = 0;
  let lines = 0;
  let known = 0;
  let tagged = 0;
  const lastWordAt = view.byteLength - 4;
  for (let at = start; at < end; at++) {
    const line = at;
    // Kept as a 32-bit integer: without the `| 0` here and below the compiler makes it a double in between.
    let hash = 0 | 0;
    while (at <= lastWordAt) {
      const word = view.getInt32(at, true);
      const found = zeroBytes(word ^ COLONS) | zeroBytes(word ^ LFS);
      if (found !== 0) {
        at += firstByte(found);
        break;
      }
      hash = step(hash, word, multiplier) | 0;
      at += 4;
    }
    let byte = bytes[at]!;
    while (byte !== COLON && byte !== LF) byte = bytes[++at]!;
    const value = byte === COLON ? at + 1 : at;
    const nameLength = at - line;
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
    const length = at - digits - (point === 0 ? 0 : 1);
    const decimal = byte === BAR && length > 0 && length <= MOST_DIGITS;
    while (byte !== BAR && byte !== LF) byte = bytes[++at]!;
    const rest = at;
    if (nameLength % 4 !== 0) hash = step(hash, lastWord(view, line, nameLength), multiplier);
    while (at <= lastWordAt) {
      const word = view.getInt32(at, true);
      const found = zeroBytes(word ^ LFS);
      if (found !== 0) {
        at += firstByte(found);
        break;
      }
      hash = step(hash, word, multiplier) | 0;
      at += 4;
    }
    while (bytes[at] !== LF) at++;
    if (at - line > limit) {
      tooLong++;
      continue;
    }
    lines++;
    let index = -1;
    if (rest !== at) {
      if ((at - rest) % 4 !== 0) hash = step(hash, lastWord(view, rest, at - rest), multiplier);
      index = table.findHashed(folded(hash, (nameLength << 16) | (at - rest)), view, line, nameLength, rest, at - rest);
    }
    let restEnd = at;
    if (index < 0 && rest !== at) {
      restEnd = withoutTimestamp(bytes, rest, at);
      if (restEnd !== at) index = table.find(view, line, nameLength, rest, restEnd - rest);
    }
    if (index >= 0) {
      let op: number;
      if (!decimal) op = addUnusual(pipeline, values, index, bytes, value, rest);
      else if (length > EXACT_DIGITS)
        op = add(pipeline, values, index, Number(bytes.toString('latin1', value, rest)), sign);
      else {
        const magnitude = point === 0 ? mantissa : mantissa / POWERS[rest - point]!;
        op = add(pipeline, values, index, sign === MINUS ? -magnitude : magnitude, sign);
      }
      // Last, for it is so of few lines: here, and not before, it costs the others nothing.
      if (op < 0)
        op = processUnusual(pipeline, index, classOf(decimal, length, mantissa, sign), bytes, line, value, rest, at);
      if (op >= 0) {
        known++;
        table.hit(index, 1);
        if ((op & Op.noted) !== 0) {
          if ((op & Op.faulty) !== 0) countFaults(counters, op);
          if ((op & Op.tagged) !== 0) tagged++;
        }
        continue;
      }
      if (op === COUNTED) continue;
    } else if (rest !== at) {
      const given = classOf(decimal, length, mantissa, sign);
      if (refuseWithoutRoom(pipeline, given, view, bytes, line, nameLength, value, rest, at)) continue;
    }
    if (index < 0 && processWhole(pipeline, view, bytes, line, line + nameLength, at, rest === at)) continue;
    if (index < 0 && processPacked(pipeline, bytes, line, nameLength, rest, at)) {
      values = aggregate.store.values;
      continue;
    }
    const entry = processLine(pipeline, bytes, line, at);
    values = aggregate.store.values;
    if (entry === undefined) continue;
    if (entry.full !== undefined) pipeline.full.add(entry, view, bytes, line, nameLength, rest, at);
    const { namelessKind: kind } = entry;
    if (kind !== undefined) pipeline.fullPage.add(entry.refusal!, kind, bytes, line, rest, at);
    if (index < 0) table.insert(entry, view, line, nameLength, rest, restEnd - rest);
    else table.renew(index, entry);
  }
  counters.lines += lines;
  counters.linesKnown += known;
  counters.linesAccepted += known;
  counters.samples += known;
  counters.tagged += tagged;
  return tooLong;
}

/**
 * Takes a line of several samples as lines of one. @returns whether it was: everything but the line itself was counted
 * then.
 */
function processPacked(
  pipeline: LinePipeline,
  bytes: Buffer,
  line: number,
  name: number,
  rest: number,
  end: number,
): boolean {
  const { counters, packed } = pipeline;
  const samples = packed.apart(bytes, line, name, rest, end);
  if (samples === 0) return false;
  const { lines, linesKnown } = counters;
  scan(pipeline, packed.bytes, 0, packed.length, packed.length);
  counters.lines = lines;
  // All of them are accepted, whatever becomes of their samples.
  counters.linesAccepted -= samples - 1;
  counters.linesKnown = counters.linesKnown - linesKnown === samples ? linesKnown + 1 : linesKnown;
  return true;
}

/** What of `Value` a value is; 0: nothing as simple as that. */
function classOf(decimal: boolean, digits: number, mantissa: number, sign: number): number {
  if (!decimal || digits > EXACT_DIGITS) return 0;
  if (sign !== MINUS) return Value.positive;
  return mantissa === 0 ? 0 : Value.negative;
}

/**
 * Where a line ends without the timestamp (`|T1700000000`) that may be its last section: lines are known without it, or each second
 * would bring new ones.
 */
function withoutTimestamp(bytes: Buffer, rest: number, end: number): number {
  const last = bytes[end - 1] === CR ? end - 1 : end;
  let at = last;
  while (bytes[at - 1]! >= ZERO && bytes[at - 1]! < COLON) at--;
  // A carriage return before it is part of a section, and one at the end of a line is not.
  const isLast = at < last && bytes[at - 1] === T && bytes[at - 2] === BAR && at - 2 > rest && bytes[at - 3] !== CR;
  return isLast ? at - 2 : end;
}

/**
 * Adds a value to what a known line stands for.
 *
 * @param values of the store, which are the same until a series is made.
 * @returns the entry's op; -1: the value is not as simple as that, nothing was done.
 */
function add(pipeline: LinePipeline, values: Float64Array, index: number, value: number, sign: number): number {
  const { table, counters } = pipeline;
  const op = table.op(index);
  const at = table.at(index);
  const kind = op & Op.kind;
  if (kind === Op.counter) {
    const increment = value / table.factor(index);
    const sum = values[at]! + increment;
    // Both at once: an increment that is infinite, and a sum that would become so and stay so.
    if (!(increment >= 0 && sum < Number.POSITIVE_INFINITY)) return -1;
    values[at] = sum;
  } else if (kind !== Op.gauge) {
    if (!pipeline.aggregate.add(op, at, value, table.factor(index), sign === PLUS || sign === MINUS)) return -1;
    counters.samplesByOp[op & Op.counted]!++;
    return op;
  } else if (sign === PLUS || sign === MINUS) {
    const before = values[at]!;
    if (!isMove(before, value)) return -1;
    values[at] = before + value;
  } else {
    values[at] = value;
  }
  if ((op & Op.timed) !== 0) pipeline.aggregate.lifetimes.lastWrite[at] = pipeline.aggregate.now;
  counters.samplesByOp[op & Op.counted]!++;
  return op;
}

/** The same for a value in an unusual form, or several values. */
function addUnusual(
  pipeline: LinePipeline,
  values: Float64Array,
  index: number,
  bytes: Buffer,
  from: number,
  to: number,
): number {
  if ((pipeline.table.op(index) & Op.noPlainValue) !== 0) return -1;
  const text = bytes.toString('latin1', from, to);
  if (!text.includes(':')) {
    const number = goFloat(text);
    return number === undefined ? -1 : add(pipeline, values, index, number, bytes[from]!);
  }
  const { counters, table } = pipeline;
  const op = table.op(index);
  const taken = applyValues(pipeline, index, text);
  if (taken === 0) return -1;
  counters.samplesByOp[op & Op.counted]! += taken;
  // The caller counts the line and its first sample.
  counters.samples += taken - 1;
  table.hit(index, taken - 1);
  if ((op & Op.tagged) !== 0) counters.tagged += taken - 1;
  return op;
}
