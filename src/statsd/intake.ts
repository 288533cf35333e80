import type { EventLine, ServiceCheckLine } from './event-line.ts';
import type { LineOptions, ParsedLine } from './line.ts';
import { parseLine } from './line.ts';
import { goFloat } from './number.ts';
import { SampleTaker, type Taking } from './sample-taker.ts';
import type { Entry, LineTable } from './table.ts';
import { Op } from './table.ts';
import { count } from './tally.ts';

const CR = 13;

/** What lines are taken in with: the table of known lines, the series, and the count of everything that happened. */
export interface Intake extends Taking {
  readonly table: LineTable;
  readonly options: LineOptions;
  /** Shows events and service checks; absent: they are only counted. */
  readonly expose?: ((message: EventLine | ServiceCheckLine) => void) | undefined;
}

/**
 * Reads one line in full, applies its samples and counts what became of them. A carriage return at its end is dropped.
 *
 * @returns what to remember of the line; undefined where another line like it has to be read in full again.
 */
export function takeLine(intake: Intake, bytes: Buffer, from: number, to: number): Entry | undefined {
  const { tally } = intake;
  const end = to > from && bytes[to - 1] === CR ? to - 1 : to;
  const parsed = parseLine(bytes.subarray(from, end), intake.options);
  if (parsed.kind === 'empty') tally.linesEmpty++;
  else if (parsed.kind === 'refused') {
    count(tally.lineErrors, parsed.reason);
    tally.tagErrors += parsed.tagErrors;
  } else if (parsed.kind === 'samples') return takeSamples(intake, parsed);
  else takeMessage(intake, parsed);
  return undefined;
}

function takeMessage({ tally, expose }: Intake, message: EventLine | ServiceCheckLine): void {
  tally.linesAccepted++;
  count(tally.messages, message.kind);
  if (message.kind === 'service_check') tally.tagErrors += message.tagErrors;
  expose?.(message);
}

function takeSamples(intake: Intake, line: Extract<ParsedLine, { kind: 'samples' }>): Entry | undefined {
  const { tally } = intake;
  tally.linesAccepted++;
  tally.samples += line.samples.length;
  tally.tagged += line.tagged;
  tally.tagErrors += line.tagErrors;
  const taker = new SampleTaker(intake, line.name);
  let taken = 0;
  for (const sample of line.samples) {
    if (sample.refused !== undefined) count(tally.sampleErrors, sample.refused);
    else if (taker.take(sample)) taken++;
  }
  return line.repeatable && taken === line.samples.length ? taker.entry : undefined;
}

/**
 * Applies several values of one known line (`name:1:2:3|ms`) to its entry.
 *
 * @returns how many there were; 0 where one of them is not a plain value: then nothing was applied, and the line has to be read in full.
 */
export function takeValues(intake: Intake, index: number, text: string): number {
  const { table, aggregate } = intake;
  const op = table.ops[index]!;
  if ((op & Op.kind) >= Op.dropped) return 0;
  const factor = table.factors[index]!;
  const at = table.meta[index * 4 + 3]!;
  const parts = text.split(':');
  const values: number[] = [];
  for (const part of parts) {
    const value = goFloat(part);
    if (value === undefined || !aggregate.isHarmless(op, at, value, factor)) return 0;
    values.push(value);
  }
  for (let i = 0; i < values.length; i++) {
    const sign = parts[i]![0];
    aggregate.apply(op, at, values[i]!, factor, sign === '+' || sign === '-');
  }
  return values.length;
}
