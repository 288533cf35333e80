import { isUtf8 } from 'node:buffer';
import { count } from '../counts/statsd-counters.ts';
import { event, readMessageBytes, unread } from '../line/message-bytes.ts';
import type { LineReason } from '../line/parse-line.ts';
import type { LinePipeline } from './line-pipeline.ts';
import { keepExample } from './repeated-refusals.ts';

const crByte = 13;
const hashByte = 35;
const commaByte = 44;
const underscoreByte = 95;
const open = 91;
const close = 93;

/**
 * Processes a line that no table can know, since all of it is its value: a message of DogStatsD that is not shown, or a
 * line without a value or a type.
 *
 * @param name the end of the name: a colon, or the end of the line.
 * @param isBroken there is no `|` behind the name.
 * @returns whether the line was counted in full; otherwise it has to be read in full.
 */
export function processWhole(
  pipeline: LinePipeline,
  view: DataView,
  bytes: Buffer,
  line: number,
  name: number,
  end: number,
  isBroken: boolean,
): boolean {
  const to = end > line && bytes[end - 1] === crByte ? end - 1 : end;
  if (bytes[line] === underscoreByte) return processMessage(pipeline, view, bytes, line, to);
  if (!isBroken || to === line) return false;
  if (name >= to || name === line) return refuse(pipeline, 'malformed_line', bytes, line, end);
  if (!isAscii(view, bytes, line, to) || mayHaveTags(bytes, line, name)) return false;
  return refuse(pipeline, 'not_enough_parts_after_colon', bytes, line, end);
}

function refuse(pipeline: LinePipeline, reason: LineReason, bytes: Buffer, line: number, end: number): true {
  count(pipeline.counters.lineErrors, reason);
  keepExample(pipeline, reason, bytes, line, end);
  return true;
}

function processMessage(
  { counters, expose, options }: LinePipeline,
  view: DataView,
  bytes: Buffer,
  line: number,
  to: number,
): boolean {
  if (expose !== undefined) return false;
  const read = readMessageBytes(bytes, line, to, options);
  if (read === unread || !(isAscii(view, bytes, line, to) || isUtf8(bytes.subarray(line, to)))) return false;
  counters.linesAccepted++;
  count(counters.messages, read === event ? 'event' : 'service_check');
  if (read !== event) counters.tagErrors += read;
  return true;
}

function isAscii(view: DataView, bytes: Buffer, from: number, to: number): boolean {
  let at = from;
  for (; at + 4 <= to; at += 4) if ((view.getInt32(at) & 0x80808080) !== 0) return false;
  for (; at < to; at++) if (bytes[at]! > 127) return false;
  return true;
}

function mayHaveTags(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = bytes[at];
    if (code === hashByte || code === commaByte || code === open || code === close) return true;
  }
  return false;
}
