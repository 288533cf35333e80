import { count, type EventReason, type StatsdCounters } from '../counts/statsd-counters.ts';
import { goFloat } from '../line/go-float.ts';
import { Op, sectionsIgnoredOf, tagErrorsOf } from '../series/op.ts';
import { type KnownRefusal, Value } from '../table/known-refusal.ts';
import type { LinePipeline } from './line-pipeline.ts';

const crByte = 13;
const plus = 43;
const minus = 45;
const colonByte = 58;
/** By byte: 1 for digits and a point, and for the first letters of `inf` and `nan`. */
const beginsNumber = Uint8Array.from({ length: 256 }, (_, code) =>
  /[0-9.in]/i.test(String.fromCharCode(code)) ? 1 : 0,
);

/** The line was counted in full. */
export const countedHash = -2;
/** The line has to be read in full. */
const unknown = -1;

/**
 * Processes a known line that `scan` could not add: a refused line, a member of a set, or a value that is refused.
 *
 * @param valueClass the class (`Value`) of its value; 0: not determined yet.
 * @returns the op of the entry, where the caller has to count the line; or `countedHash`, or `unknown`.
 */
export function processUnusual(
  pipeline: LinePipeline,
  index: number,
  valueClass: number,
  bytes: Buffer,
  line: number,
  value: number,
  rest: number,
  end: number,
): number {
  return (pipeline.table.op(index) & Op.noPlainValue) !== 0
    ? processSetOrRefusal(pipeline, index, valueClass, bytes, line, value, rest, end)
    : refuseValue(pipeline, index, valueClass, bytes, line, value, rest, end);
}

function processSetOrRefusal(
  pipeline: LinePipeline,
  index: number,
  valueClass: number,
  bytes: Buffer,
  line: number,
  value: number,
  rest: number,
  end: number,
): number {
  const { table, aggregate, sets, counters } = pipeline;
  const op = table.op(index);
  const at = table.at(index);
  if ((op & Op.kind) === Op.set) {
    if (!sets.addBytes(at, bytes, value, rest, aggregate.now)) return unknown;
    if ((op & Op.timed) !== 0) aggregate.lifetimes.lastWrite[at] = aggregate.now;
    counters.samplesByOp[op & Op.counted]!++;
    return op;
  }
  const refusal = table.refusal(index);
  if (!isSure(pipeline, refusal)) return unknown;
  const { values } = refusal;
  if (
    values === Value.member ? !isMember(bytes, value, rest) : (values & classOf(valueClass, bytes, value, rest)) === 0
  ) {
    return unknown;
  }
  if (refusal.routed) table.hit(index, 1);
  refuse(pipeline, refusal);
  keepExample(pipeline, refusal.reason, bytes, line, end);
  return countedHash;
}

/**
 * Refuses a line that wants a new series of a full family, or a new name of a full page.
 *
 * @param valueClass the class (`Value`) of its value.
 * @returns whether it was refused, and counted in full.
 */
export function refuseWithoutRoom(
  pipeline: LinePipeline,
  valueClass: number,
  view: DataView,
  bytes: Buffer,
  line: number,
  nameLength: number,
  value: number,
  rest: number,
  end: number,
): boolean {
  const { full, fullPage } = pipeline;
  const family = full.find(view, bytes, line, nameLength, rest, end);
  const refusal = (family ?? fullPage.find(bytes, line, nameLength, rest, end))?.refusal;
  if (refusal === undefined || !isSure(pipeline, refusal)) return false;
  if (refusal.values === Value.member ? !isMember(bytes, value, rest) : (refusal.values & valueClass) === 0)
    return false;
  if (family !== undefined) family.hits++;
  else fullPage.count(bytes, line, nameLength);
  refuse(pipeline, refusal);
  keepExample(pipeline, refusal.reason, bytes, line, end);
  return true;
}

/** Whether the page would refuse the line again. */
function isSure({ aggregate }: LinePipeline, { page }: KnownRefusal): boolean {
  if (page === undefined) return true;
  const { store } = aggregate;
  if (page.freed !== store.freed || (page.names !== undefined && page.names !== store.names)) return false;
  return page.revision === undefined ? store.isStillRefused(page.reason, page.lines) : page.revision === store.revision;
}

function classOf(valueClass: number, bytes: Buffer, value: number, rest: number): number {
  return valueClass !== 0 ? valueClass : isMalformed(bytes, value, rest) ? Value.malformed : 0;
}

function isAscii(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! > 127) return false;
  return true;
}

function isMember(bytes: Buffer, from: number, to: number): boolean {
  return to > from && isAscii(bytes, from, to);
}

function isMalformed(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! > 127 || bytes[at] === colonByte) return false;
  const first = bytes[from] === plus || bytes[from] === minus ? from + 1 : from;
  return first >= to || beginsNumber[bytes[first]!] === 0 || goFloat(bytes.toString('latin1', from, to)) === undefined;
}

/** Counts a refused line, or a line whose only sample is refused. */
function refuse({ counters, aggregate }: LinePipeline, refusal: KnownRefusal): void {
  const { counts, reason, conflict, beside, page, tagErrors, tagged, sectionsIgnored } = refusal;
  count(counters[counts] as Map<string, number>, reason);
  if (conflict !== undefined && counts === 'conflictReasons') {
    conflict.count++;
    conflict.reason = reason as typeof conflict.reason;
  }
  counters.tagErrors += tagErrors;
  counters.linesKnown++;
  if (counts === 'lineErrors') return;
  counters.linesAccepted++;
  counters.samples++;
  counters.tagged += tagged;
  counters.sectionsIgnored += sectionsIgnored;
  if (beside !== undefined) counters[beside]++;
  if (page !== undefined) aggregate.store.countRefusal(page.reason);
}

/** Keeps the line as an example of the reason. */
export function keepExample(
  { uses, aggregate }: LinePipeline,
  reason: string,
  bytes: Buffer,
  line: number,
  end: number,
): void {
  if (uses.wants(reason, aggregate.now)) uses.refused(reason, withoutReturn(bytes, line, end), aggregate.now);
}

function withoutReturn(bytes: Buffer, line: number, end: number): Buffer {
  return bytes.subarray(line, bytes[end - 1] === crByte ? end - 1 : end);
}

/** Refuses a value of a known line that accepts others. */
function refuseValue(
  pipeline: LinePipeline,
  index: number,
  valueClass: number,
  bytes: Buffer,
  line: number,
  value: number,
  rest: number,
  end: number,
): number {
  const { table, counters } = pipeline;
  const op = table.op(index);
  const kind = op & Op.kind;
  if (kind > Op.dropped) return unknown;
  if (valueClass === Value.negative && kind === Op.counter) {
    counters.linesKnown++;
    counters.linesAccepted++;
    counters.samples++;
    if ((op & Op.tagged) !== 0) counters.tagged++;
    countFaults(counters, op);
    counters[(op & Op.mapped) === 0 ? 'unmappedRefused' : 'mappedRefused']++;
    const reason: EventReason = 'illegal_negative_counter';
    count(counters.eventErrors, reason);
    table.hit(index, 1);
    keepExample(pipeline, reason, bytes, line, end);
    return countedHash;
  }
  // In a line with faults, those of the name count and those of the sections do not.
  if (valueClass !== 0 || (op & (Op.tagErrors | Op.sectionsIgnored)) !== 0 || !isMalformed(bytes, value, rest))
    return unknown;
  counters.linesKnown++;
  counters.linesAccepted++;
  counters.samples++;
  count(counters.sampleErrors, 'malformed_value');
  keepExample(pipeline, 'malformed_value', bytes, line, end);
  return countedHash;
}

/** Counts the malformed tags and unknown sections of a known line. */
export function countFaults(counters: StatsdCounters, op: number): void {
  counters.tagErrors += tagErrorsOf(op);
  counters.sectionsIgnored += sectionsIgnoredOf(op);
}
