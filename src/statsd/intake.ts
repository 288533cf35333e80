import type { Aggregate, Resolved } from './aggregate.ts';
import type { LineOptions, ParsedLine } from './line.ts';
import { parseLine } from './line.ts';
import { goFloat } from './number.ts';
import type { Sample, Suffix } from './sample.ts';
import type { Entry, LineTable } from './table.ts';
import { Op } from './table.ts';
import type { EventReason, Tally } from './tally.ts';
import { count } from './tally.ts';

const CR = 13;

/** What lines are taken in with: the table of known lines, the series, and the count of everything that happened. */
export interface Intake {
  readonly table: LineTable;
  readonly aggregate: Aggregate;
  readonly tally: Tally;
  readonly options: LineOptions;
  /** Characters of a metric name at most. */
  readonly nameLimit: number;
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
  else if (parsed.kind === 'refused') count(tally.lineErrors, parsed.reason);
  else return takeSamples(intake, parsed);
  return undefined;
}

function takeSamples(intake: Intake, line: Extract<ParsedLine, { kind: 'samples' }>): Entry | undefined {
  const { aggregate, tally } = intake;
  tally.linesAccepted++;
  tally.samples += line.samples.length;
  tally.tagged += line.tagged;
  tally.tagErrors += line.tagErrors;
  let suffix: Suffix | undefined;
  let target: Resolved | undefined;
  let taken = 0;
  for (const sample of line.samples) {
    if (sample.refused !== undefined) {
      count(tally.sampleErrors, sample.refused);
      continue;
    }
    const { kind, factor } = sample.suffix;
    const problem = line.name.length > intake.nameLimit ? 'name_limit' : valueProblem(sample);
    if (problem !== undefined) {
      count(tally.eventErrors, problem);
      continue;
    }
    // One look-up for all values that share a suffix: there may be thousands in one packet.
    if (target === undefined || suffix?.labels !== sample.suffix.labels || suffix.kind !== kind) {
      suffix = sample.suffix;
      target = aggregate.resolve(line.name, suffix);
    }
    if (!target.ok) {
      if (target.reason.endsWith('_conflict')) tally.conflict(kind, target.name);
      else count(tally.eventErrors, target.reason as EventReason);
    } else {
      apply(aggregate, target.op, target.at, sample, factor);
      tally.taken[target.op & Op.kind]!++;
      taken++;
    }
  }
  if (!line.repeatable || taken === 0 || taken !== line.samples.length || !target?.ok) return undefined;
  return { op: target.op, at: target.at, factor: suffix!.factor };
}

/** Why the value would do harm, undefined where it would not. */
function valueProblem({ value, suffix }: Sample): EventReason | undefined {
  if (suffix.kind === 'gauge') return undefined;
  if (suffix.kind === 'counter') {
    const increment = value / suffix.factor;
    if (increment < 0) return 'illegal_negative_counter';
    return Number.isFinite(increment) ? undefined : 'non_finite_value';
  }
  return Number.isFinite(value * suffix.factor) ? undefined : 'non_finite_value';
}

function apply(aggregate: Aggregate, op: number, at: number, sample: Sample, factor: number): void {
  const { values } = aggregate.store;
  const kind = op & Op.kind;
  if (kind === Op.counter) values[at]! += sample.value / factor;
  else if (kind !== Op.gauge) aggregate.observe(op, at, sample.value, factor);
  else if (sample.relative) values[at]! += sample.value;
  else values[at] = sample.value;
}

/**
 * Applies several values of one known line (`name:1:2:3|ms`) to its entry.
 *
 * @returns how many there were; 0 where one of them is not a plain value: then nothing was applied, and the line has to be read in full.
 */
export function takeValues(intake: Intake, index: number, text: string): number {
  const { table, aggregate } = intake;
  const op = table.ops[index]!;
  if ((op & Op.kind) < Op.summary) return 0;
  const factor = table.factors[index]!;
  const values: number[] = [];
  for (const part of text.split(':')) {
    const value = goFloat(part);
    if (value === undefined || !Number.isFinite(value * factor)) return 0;
    values.push(value);
  }
  for (const value of values) aggregate.observe(op, table.meta[index * 4 + 3]!, value, factor);
  return values.length;
}
