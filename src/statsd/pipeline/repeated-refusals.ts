import { count, type EventReason, type StatsdCounters } from '../counts/statsd-counters.ts';
import { goFloat } from '../line/go-float.ts';
import { Op, sectionsIgnoredOf, tagErrorsOf } from '../series/op.ts';
import { type KnownRefusal, Value } from '../table/known-refusal.ts';
import type { LinePipeline } from './line-pipeline.ts';

const CR = 13;
const PLUS = 43;
const MINUS = 45;
const COLON = 58;
/** By byte: digits and a point, and what `inf` and `nan` begin with. */
const BEGINS_NUMBER = Uint8Array.from({ length: 256 }, (_, code) =>
  /[0-9.in]/i.test(String.fromCharCode(code)) ? 1 : 0,
);

/** Everything of the line was counted. */
export const COUNTED = -2;
/** The line has to be read in full. */
const UNKNOWN = -1;

/**
 * Takes a known line that no plain value could be added to: one that is refused, one of a set, or one whose value is
 * refused.
 *
 * @param given what of `Value` its value is; 0: it has to be looked at.
 * @returns the entry's op, where the caller counts the line; or `COUNTED`, or `UNKNOWN`.
 */
export function processUnusual(
  pipeline: LinePipeline,
  index: number,
  given: number,
  bytes: Buffer,
  line: number,
  value: number,
  rest: number,
  end: number,
): number {
  return (pipeline.table.op(index) & Op.noPlainValue) !== 0
    ? processSetOrRefusal(pipeline, index, given, bytes, line, value, rest, end)
    : refuseValue(pipeline, index, given, bytes, line, value, rest, end);
}

function processSetOrRefusal(
  pipeline: LinePipeline,
  index: number,
  given: number,
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
    if (!sets.addBytes(at, bytes, value, rest, aggregate.now)) return UNKNOWN;
    if ((op & Op.timed) !== 0) aggregate.lifetimes.lastWrite[at] = aggregate.now;
    counters.samplesByOp[op & Op.counted]!++;
    return op;
  }
  const refusal = table.refusal(index);
  if (!isSure(pipeline, refusal)) return UNKNOWN;
  const { values } = refusal;
  if (values === Value.member ? !isMember(bytes, value, rest) : (values & classOf(given, bytes, value, rest)) === 0) {
    return UNKNOWN;
  }
  if (refusal.routed) table.hit(index, 1);
  refuse(pipeline, refusal);
  show(pipeline, refusal.reason, bytes, line, end);
  return COUNTED;
}

/**
 * Takes a line that wants a new series of a family without room, or a new name of a page without room.
 *
 * @param given what of `Value` its value is.
 * @returns whether it was: everything of the line was counted then.
 */
export function refuseWithoutRoom(
  pipeline: LinePipeline,
  given: number,
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
  if (refusal.values === Value.member ? !isMember(bytes, value, rest) : (refusal.values & given) === 0) return false;
  if (family !== undefined) family.hits++;
  else fullPage.count(bytes, line, nameLength);
  refuse(pipeline, refusal);
  show(pipeline, refusal.reason, bytes, line, end);
  return true;
}

/** Whether the page would say the same again. */
function isSure({ aggregate }: LinePipeline, { page }: KnownRefusal): boolean {
  if (page === undefined) return true;
  const { store } = aggregate;
  if (page.freed !== store.freed || (page.names !== undefined && page.names !== store.names)) return false;
  return page.revision === undefined ? store.isSure(page.reason, page.lines) : page.revision === store.revision;
}

function classOf(given: number, bytes: Buffer, value: number, rest: number): number {
  return given !== 0 ? given : isMalformed(bytes, value, rest) ? Value.malformed : 0;
}

function isAscii(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! > 127) return false;
  return true;
}

function isMember(bytes: Buffer, from: number, to: number): boolean {
  return to > from && isAscii(bytes, from, to);
}

function isMalformed(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! > 127 || bytes[at] === COLON) return false;
  const first = bytes[from] === PLUS || bytes[from] === MINUS ? from + 1 : from;
  return first >= to || BEGINS_NUMBER[bytes[first]!] === 0 || goFloat(bytes.toString('latin1', from, to)) === undefined;
}

/** Counts a line that is refused, or whose only sample is. */
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
  if (page !== undefined) aggregate.store.recount(page.reason);
}

/** Keeps the line as one of those that were refused for a reason. */
export function show(
  { uses, aggregate }: LinePipeline,
  reason: string,
  bytes: Buffer,
  line: number,
  end: number,
): void {
  if (uses.wants(reason, aggregate.now)) uses.refused(reason, withoutReturn(bytes, line, end), aggregate.now);
}

function withoutReturn(bytes: Buffer, line: number, end: number): Buffer {
  return bytes.subarray(line, bytes[end - 1] === CR ? end - 1 : end);
}

/** Refuses the value of a line that is known and takes others. */
function refuseValue(
  pipeline: LinePipeline,
  index: number,
  given: number,
  bytes: Buffer,
  line: number,
  value: number,
  rest: number,
  end: number,
): number {
  const { table, counters } = pipeline;
  const op = table.op(index);
  const kind = op & Op.kind;
  if (kind > Op.dropped) return UNKNOWN;
  if (given === Value.negative && kind === Op.counter) {
    counters.linesKnown++;
    counters.linesAccepted++;
    counters.samples++;
    if ((op & Op.tagged) !== 0) counters.tagged++;
    countFaults(counters, op);
    counters[(op & Op.mapped) === 0 ? 'unmappedRefused' : 'mappedRefused']++;
    const reason: EventReason = 'illegal_negative_counter';
    count(counters.eventErrors, reason);
    table.hit(index, 1);
    show(pipeline, reason, bytes, line, end);
    return COUNTED;
  }
  // Of a line with faults, those of the name are counted and those of the sections not.
  if (given !== 0 || (op & (Op.tagErrors | Op.sectionsIgnored)) !== 0 || !isMalformed(bytes, value, rest))
    return UNKNOWN;
  counters.linesKnown++;
  counters.linesAccepted++;
  counters.samples++;
  count(counters.sampleErrors, 'malformed_value');
  show(pipeline, 'malformed_value', bytes, line, end);
  return COUNTED;
}

/** Counts the malformed tags and unknown sections of a known line. */
export function countFaults(counters: StatsdCounters, op: number): void {
  counters.tagErrors += tagErrorsOf(op);
  counters.sectionsIgnored += sectionsIgnoredOf(op);
}
