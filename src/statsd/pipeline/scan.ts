import { goFloat } from '../line/go-float.ts';
import { isMove } from '../series/finite.ts';
import { Op } from '../series/op.ts';
import { folded, lastWord, step } from '../table/key-words.ts';
import { Value } from '../table/known-refusal.ts';
import type { LinePipeline } from './line-pipeline.ts';
import { applyValues, processLine } from './line-pipeline.ts';
import { countedHash, countFaults, processUnusual, refuseWithoutRoom } from './repeated-refusals.ts';
import { processWhole } from './whole-lines.ts';

const lfByte = 10;
const crByte = 13;
const plus = 43;
const minus = 45;
const pointByte = 46;
const zeroByte = 48;
const colonByte = 58;
const t = 84;
const barByte = 124;
/** A double holds 15 digits exactly, and these powers of ten: their quotient is correctly rounded. */
const exactDigits = 15;
/** A number with this many digits is finite. */
const mostDigits = 300;
const powers = Float64Array.from({ length: exactDigits + 1 }, (_, i) => 10 ** i);

/** The byte four times, to compare four bytes at a time. */
const colons = 0x3a3a3a3a;
const lfs = 0x0a0a0a0a;

/** Sets the uppermost bit of each byte that is zero; bits above the first of them may be wrong. */
function zeroBytes(word: number): number {
  return (word - 0x01010101) & ~word & 0x80808080;
}

/** The index of the first byte with its bit set. */
function firstByte(bits: number): number {
  return (31 - Math.clz32(bits & -bits)) >> 3;
}

/**
 * Processes the lines of `bytes` from `start` to `end`. The last byte must be a newline: it stops every inner loop, so
 * that none of them compares with `end`.
 *
 * Where the table knows a line (everything but its value), the value is added right here. Every other line (a new one,
 * one of several samples, an unusual or wrong one) is read in full by `processLine`.
 *
 * The loop searches the ends of name and rest four bytes at a time, and hashes the same words on the way, exactly as
 * `hashOf` does: byte by byte, with a second pass for the hash, a line of 30 bytes cost a fifth more. All of it is one
 * function: helpers would return a place and a hash at once, an object for each part of a line.
 *
 * @param limit a longer line is not read.
 * @returns the number of longer lines.
 */
export function scan(pipeline: LinePipeline, bytes: Buffer, start: number, end: number, limit: number): number {
  const { table, aggregate, counters } = pipeline;
  const view = table.view(bytes);
  const { multiplier } = table;
  let { values } = aggregate.store;
  let tooLong = 0;
  let lines = 0;
  let knownLines = 0;
  let taggedSamples = 0;
  const lastWordAt = view.byteLength - 4;
  for (let at = start; at < end; at++) {
    const line = at;
    // A 32-bit integer: without the `| 0` here and below the compiler makes it a double in between.
    let hash = 0 | 0;
    while (at <= lastWordAt) {
      const word = view.getInt32(at, true);
      const stops = zeroBytes(word ^ colons) | zeroBytes(word ^ lfs);
      if (stops !== 0) {
        at += firstByte(stops);
        break;
      }
      hash = step(hash, word, multiplier) | 0;
      at += 4;
    }
    let byte = bytes[at]!;
    while (byte !== colonByte && byte !== lfByte) byte = bytes[++at]!;
    const value = byte === colonByte ? at + 1 : at;
    const nameLength = at - line;
    let mantissa = 0;
    let point = 0;
    if (byte === colonByte) byte = bytes[++at]!;
    const sign = byte;
    if (byte === plus || byte === minus) byte = bytes[++at]!;
    const digits = at;
    while ((byte >= zeroByte && byte < colonByte) || (byte === pointByte && point === 0)) {
      if (byte === pointByte) point = at + 1;
      else mantissa = mantissa * 10 + (byte - zeroByte);
      byte = bytes[++at]!;
    }
    const length = at - digits - (point === 0 ? 0 : 1);
    const decimal = byte === barByte && length > 0 && length <= mostDigits;
    while (byte !== barByte && byte !== lfByte) byte = bytes[++at]!;
    const rest = at;
    if (nameLength % 4 !== 0) hash = step(hash, lastWord(view, line, nameLength), multiplier);
    while (at <= lastWordAt) {
      const word = view.getInt32(at, true);
      const stops = zeroBytes(word ^ lfs);
      if (stops !== 0) {
        at += firstByte(stops);
        break;
      }
      hash = step(hash, word, multiplier) | 0;
      at += 4;
    }
    while (bytes[at] !== lfByte) at++;
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
      else if (length > exactDigits)
        op = add(pipeline, values, index, Number(bytes.toString('latin1', value, rest)), sign);
      else {
        const magnitude = point === 0 ? mantissa : mantissa / powers[rest - point]!;
        op = add(pipeline, values, index, sign === minus ? -magnitude : magnitude, sign);
      }
      // Last, since few lines need it: before the others it would cost all of them time.
      if (op < 0)
        op = processUnusual(pipeline, index, classOf(decimal, length, mantissa, sign), bytes, line, value, rest, at);
      if (op >= 0) {
        knownLines++;
        table.hit(index, 1);
        if ((op & Op.noted) !== 0) {
          if ((op & Op.faulty) !== 0) countFaults(counters, op);
          if ((op & Op.tagged) !== 0) taggedSamples++;
        }
        continue;
      }
      if (op === countedHash) continue;
    } else if (rest !== at) {
      const valueClass = classOf(decimal, length, mantissa, sign);
      if (refuseWithoutRoom(pipeline, valueClass, view, bytes, line, nameLength, value, rest, at)) continue;
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
  counters.linesKnown += knownLines;
  counters.linesAccepted += knownLines;
  counters.samples += knownLines;
  counters.tagged += taggedSamples;
  return tooLong;
}

/**
 * Processes a line of several samples as lines of one. @returns whether it did: then everything but the line itself is
 * counted.
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
  // All of these lines are accepted, whatever becomes of their samples.
  counters.linesAccepted -= samples - 1;
  counters.linesKnown = counters.linesKnown - linesKnown === samples ? linesKnown + 1 : linesKnown;
  return true;
}

/** The class (`Value`) of a value; 0: it is not that simple. */
function classOf(decimal: boolean, digits: number, mantissa: number, sign: number): number {
  if (!decimal || digits > exactDigits) return 0;
  if (sign !== minus) return Value.positive;
  return mantissa === 0 ? 0 : Value.negative;
}

/**
 * The end of a line without the timestamp (`|T1700000000`) that may be its last section: the table knows lines without
 * it, since every second would bring new ones.
 */
function withoutTimestamp(bytes: Buffer, rest: number, end: number): number {
  const last = bytes[end - 1] === crByte ? end - 1 : end;
  let at = last;
  while (bytes[at - 1]! >= zeroByte && bytes[at - 1]! < colonByte) at--;
  // A carriage return before it is part of a section; at the end of a line it is not.
  const isLast =
    at < last && bytes[at - 1] === t && bytes[at - 2] === barByte && at - 2 > rest && bytes[at - 3] !== crByte;
  return isLast ? at - 2 : end;
}

/**
 * Adds a value to the destination of a known line.
 *
 * @param values of the store; the same array until a new series comes.
 * @returns the op of the entry; -1: the value is not that simple, and nothing changed.
 */
function add(pipeline: LinePipeline, values: Float64Array, index: number, value: number, sign: number): number {
  const { table, counters } = pipeline;
  const op = table.op(index);
  const at = table.at(index);
  const kind = op & Op.kind;
  if (kind === Op.counter) {
    const increment = value / table.factor(index);
    const sum = values[at]! + increment;
    // Two checks in one: an infinite increment, and a sum that would become infinite and stay so.
    if (!(increment >= 0 && sum < Number.POSITIVE_INFINITY)) return -1;
    values[at] = sum;
  } else if (kind !== Op.gauge) {
    if (!pipeline.aggregate.add(op, at, value, table.factor(index), sign === plus || sign === minus)) return -1;
    counters.samplesByOp[op & Op.counted]!++;
    return op;
  } else if (sign === plus || sign === minus) {
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

/** The same for a value in an unusual form, and for several values. */
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
  const samples = applyValues(pipeline, index, text);
  if (samples === 0) return -1;
  counters.samplesByOp[op & Op.counted]! += samples;
  // The caller counts the line and its first sample.
  counters.samples += samples - 1;
  table.hit(index, samples - 1);
  if ((op & Op.tagged) !== 0) counters.tagged += samples - 1;
  return op;
}
