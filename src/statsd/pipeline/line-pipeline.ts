import { count } from '../counts/statsd-counters.ts';
import type { EventLine, ServiceCheckLine } from '../line/event-line.ts';
import { goFloat } from '../line/go-float.ts';
import type { LineOptions, ParsedLine } from '../line/parse-line.ts';
import { parseLine } from '../line/parse-line.ts';
import type { RefusedSample, Sample, SampleReason } from '../line/sample.ts';
import type { MessageSeries } from '../series/message-series.ts';
import { faultFlags, Op } from '../series/op.ts';
import type { Scratch } from '../series/sketch.ts';
import type { FullFamilies } from '../table/full-families.ts';
import type { FullPage } from '../table/full-page.ts';
import { Value } from '../table/known-refusal.ts';
import type { LineEntry } from '../table/line-entry.ts';
import type { LineTable } from '../table/line-table.ts';
import type { PackedLines } from './packed-lines.ts';
import { type RefusalReason, type SampleContext, SampleProcessor, type SampleRefusal } from './sample-processor.ts';

const crByte = 13;

/** Everything that a line goes through: the table of known lines, the mapping, the series, and the counters. */
export interface LinePipeline extends SampleContext {
  readonly table: LineTable;
  /** Lines that are refused whatever their labels are. */
  readonly full: FullFamilies;
  /** Lines whose names have no room on the page. */
  readonly fullPage: FullPage;
  /** Lines of several samples. */
  readonly packed: PackedLines;
  readonly options: LineOptions;
  /** The resources that the quantiles of all summaries share. */
  readonly sketches: Scratch;
  /** Shows events and service checks; absent: they are only counted. */
  readonly expose?: MessageSeries | undefined;
  /** Gets each sample of a line that is read in full, and why it was refused; undefined: it was accepted or dropped. */
  readonly witness?: (sample: Sample | RefusedSample, reason: SampleReason | RefusalReason | undefined) => void;
}

/**
 * Reads one line in full, applies its samples, and counts them. A carriage return at its end is dropped.
 *
 * @returns the entry of such lines for the line table; undefined where the next one has to be read in full again.
 */
export function processLine(pipeline: LinePipeline, bytes: Buffer, from: number, to: number): LineEntry | undefined {
  const { counters } = pipeline;
  const line = bytes.subarray(from, to > from && bytes[to - 1] === crByte ? to - 1 : to);
  const parsed = parseLine(line, pipeline.options);
  if (parsed.kind === 'empty') counters.linesEmpty++;
  else if (parsed.kind === 'refused') {
    count(counters.lineErrors, parsed.reason);
    counters.tagErrors += parsed.tagErrors;
    pipeline.uses.refused(parsed.reason, line, pipeline.aggregate.now);
    return refusedLine(parsed);
  } else if (parsed.kind === 'samples') return processSamples(pipeline, parsed, line);
  else processMessage(pipeline, parsed);
  return undefined;
}

/** The entry of a line that was refused as a whole. */
function refusedLine({ reason, tagErrors }: Extract<ParsedLine, { kind: 'refused' }>): LineEntry | undefined {
  // All other reasons depend on the value, or on its bytes.
  if (reason !== 'mixed_tagging_styles' && reason !== 'empty_metric_name') return undefined;
  const counts = 'lineErrors' as const;
  const refusal = {
    ...{ values: Value.any, counts, reason, conflict: undefined, routed: false, beside: undefined },
    ...{ page: undefined, tagErrors, tagged: 0, sectionsIgnored: 0 },
  };
  return { op: Op.refused, at: 0, factor: 1, refusal };
}

function processMessage({ counters, aggregate, expose }: LinePipeline, message: EventLine | ServiceCheckLine): void {
  counters.linesAccepted++;
  count(counters.messages, message.kind);
  if (message.kind === 'service_check') counters.tagErrors += message.tagErrors;
  expose?.take(message, aggregate.now);
}

function processSamples(
  pipeline: LinePipeline,
  line: Extract<ParsedLine, { kind: 'samples' }>,
  bytes: Buffer,
): LineEntry | undefined {
  const { counters, uses, aggregate, witness } = pipeline;
  counters.linesAccepted++;
  counters.samples += line.samples.length;
  counters.tagged += line.tagged;
  counters.tagErrors += line.tagErrors;
  counters.sectionsIgnored += line.sectionsIgnored;
  const processor = new SampleProcessor(pipeline, line.name);
  let accepted = 0;
  for (const sample of line.samples) {
    if (sample.refused !== undefined) count(counters.sampleErrors, sample.refused);
    const reason = sample.refused ?? processor.process(sample);
    if (reason === undefined) accepted++;
    else uses.refused(reason, bytes, aggregate.now);
    witness?.(sample, reason);
  }
  if (line.repeats === 'other') return undefined;
  return accepted === line.samples.length ? acceptedEntry(line, processor) : refusedEntry(line, processor);
}

type Samples = Extract<ParsedLine, { kind: 'samples' }>;

/** The entry of a line all of whose samples were accepted. */
function acceptedEntry(
  { samples, tagErrors, sectionsIgnored }: Samples,
  { entry }: SampleProcessor,
): LineEntry | undefined {
  const { plain, set } = samples[0]!.suffix!;
  const faults = faultFlags(tagErrors, sectionsIgnored);
  if (entry === undefined || !plain || faults === undefined) return undefined;
  if (!set) return { ...entry, op: entry.op | faults };
  // For a dropped set any text is a value.
  if ((entry.op & Op.kind) === Op.dropped) return undefined;
  return { ...entry, op: (entry.op & ~Op.kind) | Op.set | faults };
}

/** The entry of a line whose only sample was refused. */
function refusedEntry(line: Samples, processor: SampleProcessor): LineEntry | undefined {
  const [sample, ...more] = line.samples;
  if (more.length > 0) return undefined;
  const part = sample?.refused === undefined ? processor.refusal : refusedSample(sample);
  if (part === undefined) return undefined;
  const { tagErrors, tagged, sectionsIgnored } = line;
  const refusal = { ...part, tagErrors, tagged, sectionsIgnored };
  const rule = part.routed ? processor.rule : undefined;
  return {
    op: Op.refused,
    at: 0,
    factor: 1,
    rule,
    refusal,
    full: processor.full,
    namelessKind: processor.namelessKind,
  };
}

/** The refusal of a malformed sample, with the values that it holds for. */
function refusedSample({ refused, suffix }: RefusedSample): SampleRefusal | undefined {
  if (suffix === undefined || suffix.set) return undefined;
  const isFirst = suffix.refusedFirst !== undefined;
  const values = isFirst ? Value.any : refused === 'malformed_value' ? Value.malformed : Value.number;
  const counts = 'sampleErrors';
  return { values, counts, reason: refused, conflict: undefined, routed: false, beside: undefined, page: undefined };
}

/**
 * Applies several values of one known line (`name:1:2:3|ms`) to its entry.
 *
 * @returns the number of values; 0: one of them is not a plain value, nothing was applied, and the line has to be read
 *   in full.
 */
export function applyValues(pipeline: LinePipeline, index: number, text: string): number {
  const { table, aggregate } = pipeline;
  const op = table.op(index);
  if ((op & Op.kind) >= Op.dropped || (op & (Op.tagErrors | Op.sectionsIgnored)) !== 0) return 0;
  const factor = table.factor(index);
  const at = table.at(index);
  const parts = text.split(':');
  const values: number[] = [];
  for (const part of parts) {
    const value = goFloat(part);
    if (value === undefined) return 0;
    values.push(value);
  }
  if (!aggregate.takesAll(op, at, values, factor)) return 0;
  for (let i = 0; i < values.length; i++) {
    const sign = parts[i]![0];
    aggregate.apply(op, at, values[i]!, factor, sign === '+' || sign === '-');
  }
  return values.length;
}
