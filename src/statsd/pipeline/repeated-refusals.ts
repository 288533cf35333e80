import { count, type EventReason, type Tally } from '../counts/statsd-counters.ts';
import { goFloat } from '../line/go-float.ts';
import { Op, sectionsIgnoredOf, tagErrorsOf } from '../series/op.ts';
import { type KnownRefusal, Value } from '../table/known-refusal.ts';
import type { Intake } from './line-pipeline.ts';

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
export const UNKNOWN = -1;

/**
 * Takes a known line that no plain value could be added to: one that is refused, one of a set, or one whose value is
 * refused.
 *
 * @param given what of `Value` its value is; 0: it has to be looked at.
 * @returns the entry's op, where the caller counts the line; or `COUNTED`, or `UNKNOWN`.
 */
export function takeOdd(
  intake: Intake,
  index: number,
  given: number,
  bytes: Buffer,
  line: number,
  value: number,
  rest: number,
  end: number,
): number {
  return (intake.table.op(index) & Op.kept) !== 0
    ? takeKept(intake, index, given, bytes, line, value, rest, end)
    : refuseValue(intake, index, given, bytes, line, value, rest, end);
}

function takeKept(
  intake: Intake,
  index: number,
  given: number,
  bytes: Buffer,
  line: number,
  value: number,
  rest: number,
  end: number,
): number {
  const { table, aggregate, sets, tally } = intake;
  const op = table.op(index);
  const at = table.at(index);
  if ((op & Op.kind) === Op.set) {
    if (!sets.addBytes(at, bytes, value, rest, aggregate.now)) return UNKNOWN;
    if ((op & Op.timed) !== 0) aggregate.living.touched[at] = aggregate.now;
    tally.taken[op & Op.counted]!++;
    return op;
  }
  const refusal = table.refusal(index);
  if (!isSure(intake, refusal)) return UNKNOWN;
  const { values } = refusal;
  if (values === Value.member ? !isMember(bytes, value, rest) : (values & classOf(given, bytes, value, rest)) === 0) {
    return UNKNOWN;
  }
  if (refusal.routed) table.hit(index, 1);
  refuse(intake, refusal);
  show(intake, refusal.reason, bytes, line, end);
  return COUNTED;
}

/**
 * Takes a line that wants a new series of a family without room, or a new name of a page without room.
 *
 * @param given what of `Value` its value is.
 * @returns whether it was: everything of the line was counted then.
 */
export function takeFull(
  intake: Intake,
  given: number,
  view: DataView,
  bytes: Buffer,
  line: number,
  nameLength: number,
  value: number,
  rest: number,
  end: number,
): boolean {
  const { full, fullPage } = intake;
  const family = full.find(view, bytes, line, nameLength, rest, end);
  const refusal = (family ?? fullPage.find(bytes, line, nameLength, rest, end))?.refusal;
  if (refusal === undefined || !isSure(intake, refusal)) return false;
  if (refusal.values === Value.member ? !isMember(bytes, value, rest) : (refusal.values & given) === 0) return false;
  if (family !== undefined) family.hits++;
  else fullPage.count(bytes, line, nameLength);
  refuse(intake, refusal);
  show(intake, refusal.reason, bytes, line, end);
  return true;
}

/** Whether the page would say the same again. */
function isSure({ aggregate }: Intake, { page }: KnownRefusal): boolean {
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
function refuse({ tally, aggregate }: Intake, refusal: KnownRefusal): void {
  const { counts, reason, conflict, beside, page, tagErrors, tagged, sectionsIgnored } = refusal;
  count(tally[counts] as Map<string, number>, reason);
  if (conflict !== undefined && counts === 'conflictReasons') {
    conflict.count++;
    conflict.reason = reason as typeof conflict.reason;
  }
  tally.tagErrors += tagErrors;
  tally.linesKnown++;
  if (counts === 'lineErrors') return;
  tally.linesAccepted++;
  tally.samples++;
  tally.tagged += tagged;
  tally.sectionsIgnored += sectionsIgnored;
  if (beside !== undefined) tally[beside]++;
  if (page !== undefined) aggregate.store.recount(page.reason);
}

/** Keeps the line as one of those that were refused for a reason. */
export function show({ uses, aggregate }: Intake, reason: string, bytes: Buffer, line: number, end: number): void {
  if (uses.wants(reason, aggregate.now)) uses.refused(reason, withoutReturn(bytes, line, end), aggregate.now);
}

function withoutReturn(bytes: Buffer, line: number, end: number): Buffer {
  return bytes.subarray(line, bytes[end - 1] === CR ? end - 1 : end);
}

/** Refuses the value of a line that is known and takes others. */
function refuseValue(
  intake: Intake,
  index: number,
  given: number,
  bytes: Buffer,
  line: number,
  value: number,
  rest: number,
  end: number,
): number {
  const { table, tally } = intake;
  const op = table.op(index);
  const kind = op & Op.kind;
  if (kind > Op.dropped) return UNKNOWN;
  if (given === Value.negative && kind === Op.counter) {
    tally.linesKnown++;
    tally.linesAccepted++;
    tally.samples++;
    if ((op & Op.tagged) !== 0) tally.tagged++;
    countFaults(tally, op);
    tally[(op & Op.mapped) === 0 ? 'unmappedRefused' : 'mappedRefused']++;
    const reason: EventReason = 'illegal_negative_counter';
    count(tally.eventErrors, reason);
    table.hit(index, 1);
    show(intake, reason, bytes, line, end);
    return COUNTED;
  }
  // Of a line with faults, those of the name are counted and those of the sections not.
  if (given !== 0 || (op & (Op.tagErrors | Op.sectionsIgnored)) !== 0 || !isMalformed(bytes, value, rest))
    return UNKNOWN;
  tally.linesKnown++;
  tally.linesAccepted++;
  tally.samples++;
  count(tally.sampleErrors, 'malformed_value');
  show(intake, 'malformed_value', bytes, line, end);
  return COUNTED;
}

/** Counts the malformed tags and unknown sections of a known line. */
export function countFaults(tally: Tally, op: number): void {
  tally.tagErrors += tagErrorsOf(op);
  tally.sectionsIgnored += sectionsIgnoredOf(op);
}
