import { count } from '../counts/statsd-counters.ts';
import type { EventLine, ServiceCheckLine } from '../line/event-line.ts';
import { goFloat } from '../line/go-float.ts';
import type { LineOptions, ParsedLine } from '../line/parse-line.ts';
import { parseLine } from '../line/parse-line.ts';
import type { RefusedSample, Sample, SampleReason } from '../line/sample.ts';
import type { MessageSeries } from '../series/message-series.ts';
import { faultFlags, Op } from '../series/op.ts';
import type { Scratch } from '../series/sketch.ts';
import type { LineEntry } from '../table/entry.ts';
import type { FullFamilies } from '../table/full-families.ts';
import type { FullPage } from '../table/full-page.ts';
import { Value } from '../table/known-refusal.ts';
import type { LineTable } from '../table/line-table.ts';
import type { PackedLines } from './packed-lines.ts';
import { type RefusalReason, type SampleContext, SampleProcessor, type SampleRefusal } from './sample-processor.ts';

const CR = 13;

/** What lines are taken in with: the table of known lines, the series, and the count of everything that happened. */
export interface LinePipeline extends SampleContext {
  readonly table: LineTable;
  /** Lines that are refused whatever their labels are. */
  readonly full: FullFamilies;
  /** Lines of names that the page has no room for. */
  readonly fullPage: FullPage;
  /** Lines of several samples. */
  readonly packed: PackedLines;
  readonly options: LineOptions;
  /** What the quantiles of summaries share. */
  readonly sketches: Scratch;
  /** Shows events and service checks; absent: they are only counted. */
  readonly expose?: MessageSeries | undefined;
  /** Is told what became of each sample of a line that is read in full; `refused` is undefined where it was taken or dropped. */
  readonly witness?: (sample: Sample | RefusedSample, refused: SampleReason | RefusalReason | undefined) => void;
}

/**
 * Reads one line in full, applies its samples and counts what became of them. A carriage return at its end is dropped.
 *
 * @returns what to remember of the line; undefined where another line like it has to be read in full again.
 */
export function processLine(pipeline: LinePipeline, bytes: Buffer, from: number, to: number): LineEntry | undefined {
  const { counters } = pipeline;
  const line = bytes.subarray(from, to > from && bytes[to - 1] === CR ? to - 1 : to);
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

/** What to remember of a line that was refused as a whole. */
function refusedLine({ reason, tagErrors }: Extract<ParsedLine, { kind: 'refused' }>): LineEntry | undefined {
  // All others have to do with the value, or with the bytes in it.
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
  let taken = 0;
  for (const sample of line.samples) {
    if (sample.refused !== undefined) count(counters.sampleErrors, sample.refused);
    const refused = sample.refused ?? processor.process(sample);
    if (refused === undefined) taken++;
    else uses.refused(refused, bytes, aggregate.now);
    witness?.(sample, refused);
  }
  if (line.repeats === 'other') return undefined;
  return taken === line.samples.length ? acceptedEntry(line, processor) : refusedEntry(line, processor);
}

type Samples = Extract<ParsedLine, { kind: 'samples' }>;

/** What to remember of a line all of whose samples were taken. */
function acceptedEntry(
  { samples, tagErrors, sectionsIgnored }: Samples,
  { entry }: SampleProcessor,
): LineEntry | undefined {
  const { plain, set } = samples[0]!.suffix!;
  const faults = faultFlags(tagErrors, sectionsIgnored);
  if (entry === undefined || !plain || faults === undefined) return undefined;
  if (!set) return { ...entry, op: entry.op | faults };
  // Of a set that is dropped, any text is a value.
  if ((entry.op & Op.kind) === Op.dropped) return undefined;
  return { ...entry, op: (entry.op & ~Op.kind) | Op.set | faults };
}

/** What to remember of a line whose only sample was refused. */
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

/** Why a sample was refused that is not well-formed, with which values it would be again. */
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
 * @returns how many there were; 0 where one of them is not a plain value: then nothing was applied, and the line has to be read in full.
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
