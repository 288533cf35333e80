import { isUtf8 } from 'node:buffer';
import type { EventLine, MessageReason, ServiceCheckLine } from './event-line.ts';
import { isMessage, readMessage } from './event-line.ts';
import { goFloat } from './go-float.ts';
import type { RefusedSample, Sample, SectionOptions } from './sample.ts';
import { kindOf, readSample, readSuffix } from './sample.ts';
import type { NameTagStyles, TaggedName } from './tags.ts';
import { readNameTags } from './tags.ts';

/**
 * The reasons why a whole line is refused: those of statsd_exporter, and ours for lines that harm it or that it does
 * not know.
 */
export type LineReason =
  | 'malformed_line'
  | 'mixed_tagging_styles'
  | 'not_enough_parts_after_colon'
  | 'invalid_extended_aggregate_type'
  /** Only tags before the colon. statsd_exporter accepts it, and loses its page. */
  | 'empty_metric_name'
  | MessageReason;

export type ParsedLine =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'refused';
      readonly reason: LineReason /** Malformed tags in the name. */;
      readonly tagErrors: number;
    }
  | {
      readonly kind: 'samples';
      /** The raw name: not escaped, without its tags. */
      readonly name: string;
      readonly samples: readonly (Sample | RefusedSample)[];
      /** Number of malformed tags: those of the name once, those of the sections once for each sample that has them. */
      readonly tagErrors: number;
      /** Number of unknown sections; with several values once for each. */
      readonly sectionsIgnored: number;
      /** Number of samples with a label. */
      readonly tagged: number;
      /**
       * The meaning of a line that differs only in its values: `same`: the same series; `single`: the same series as
       * long as it has one value; `other`: maybe something else.
       */
      readonly repeats: 'same' | 'single' | 'other';
    }
  | EventLine
  | ServiceCheckLine;

export interface LineOptions extends NameTagStyles, SectionOptions {}

/**
 * Reads one line (without its newline) by the grammar of statsd_exporter 0.30 and DogStatsD 1.6.
 *
 * `name:value|type`, then sections; tags are in the name or in a section, not in both. Several values before the type
 * (`name:1:2:3|ms|…`) share everything behind it; without tags in a section, several samples may follow each other
 * (`name:1|c:2|g`). `_e{…}` and `_sc|` begin events and service checks.
 *
 * Differences of statsd_exporter: it has no sets, events, service checks, `T`, `e:`, `card:`, no `c:` without tags, no
 * future fields, no several values of counters and gauges. It accepts a sample with an unreadable factor as if it had
 * none, and loses a timer with a factor above 1. Here both are refused as `invalid_sample_factor`.
 */
export function parseLine(line: Buffer, options: LineOptions): ParsedLine {
  if (line.length === 0) return { kind: 'empty' };
  if (!isUtf8(line)) return { kind: 'refused', reason: 'malformed_line', tagErrors: 0 };
  if (isMessage(line)) return readMessage(line, options);
  const text = line.toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return { kind: 'refused', reason: 'malformed_line', tagErrors: 0 };
  const name = readNameTags(text.slice(0, colon), options);
  const packed = split(text.slice(colon + 1), name);
  if (typeof packed === 'string') return { kind: 'refused', reason: packed, tagErrors: name.errors };
  return samplesOf(name, packed, options);
}

/** One or several values, and the part of the line behind them. */
interface Packed {
  readonly values: readonly string[];
  /** Absent: the value has no `|` behind it. */
  readonly suffix: string | undefined;
}

/**
 * Splits the part behind the name, or returns the reason of a refusal; reasons come in the order of statsd_exporter.
 */
function split(rest: string, { name, labels }: TaggedName): readonly Packed[] | LineReason {
  const dogstatsd = rest.includes('|#');
  if (dogstatsd && labels.length > 0) return 'mixed_tagging_styles';
  const bar = rest.indexOf('|');
  if (bar === -1) return 'not_enough_parts_after_colon';
  const value = rest.slice(0, bar);
  let packed: readonly Packed[];
  if (value.includes(':')) {
    // The suffix is read once: many values with many tags cost their sum, not their product.
    const suffix = rest.slice(bar + 1);
    const values = valuesOf(value, suffix.split('|', 1)[0]!);
    if (values === undefined) return 'invalid_extended_aggregate_type';
    packed = [{ values, suffix }];
  } else {
    // A client that tags names sends no sections with colons: every colon separates samples, as in statsd_exporter.
    const parts = dogstatsd ? [rest] : labels.length > 0 ? rest.split(':') : unpack(rest);
    packed = parts.map(splitSample);
  }
  return name === '' ? 'empty_metric_name' : packed;
}

/**
 * The values before a type. statsd_exporter allows several for timers, histograms and distributions only, DogStatsD for
 * all types but sets, whose values may contain colons. A counter or gauge with a value that is not a number is refused
 * as a whole: it is more likely a name with a colon than a packed line.
 */
function valuesOf(text: string, type: string): readonly string[] | undefined {
  if (type === 's') return [text];
  const kind = kindOf(type);
  const values = text.split(':');
  if (kind === 'observer') return values;
  return kind !== undefined && values.every((value) => goFloat(value) !== undefined) ? values : undefined;
}

function splitSample(text: string): Packed {
  const bar = text.indexOf('|');
  return bar === -1
    ? { values: [text], suffix: undefined }
    : { values: [text.slice(0, bar)], suffix: text.slice(bar + 1) };
}

function samplesOf({ name, labels, errors }: TaggedName, packed: readonly Packed[], options: LineOptions): ParsedLine {
  const samples: (Sample | RefusedSample)[] = [];
  let tagErrors = errors;
  let tagged = 0;
  let sectionsIgnored = 0;
  const isOne = packed.length === 1 && packed[0]!.values.length === 1;
  let repeats: 'same' | 'single' | 'other' = packed.length > 1 ? 'other' : errors === 0 ? 'same' : 'single';
  for (const { values, suffix: text } of packed) {
    const suffix = text === undefined ? undefined : readSuffix(text, options, labels);
    if (suffix?.repeatable !== true) repeats = 'other';
    else if (repeats === 'same' && suffix.tagErrors + suffix.sectionsIgnored > 0) repeats = 'single';
    for (const value of values) {
      const sample =
        suffix === undefined
          ? ({ refused: 'malformed_component', rawValue: value, suffix } as const)
          : readSample(value, suffix);
      samples.push(sample);
      if (sample.refused !== undefined && repeats === 'same') repeats = 'single';
      if (suffix === undefined || sample.refused === 'malformed_value') continue;
      tagErrors += suffix.tagErrors;
      if (sample.refused === undefined) sectionsIgnored += suffix.sectionsIgnored;
      if (suffix.labels.length > 0 && (sample.refused === undefined || sample.refused === 'illegal_event')) tagged++;
    }
  }
  if (repeats === 'single' && !isOne) repeats = 'other';
  return { kind: 'samples', name, samples, tagErrors, sectionsIgnored, tagged, repeats };
}

const barByte = 124;
const colonByte = 58;

/**
 * Splits packed samples at their colons; the colon of a field of DogStatsD (`c:`, `e:`, `card:`, …) belongs to its
 * section.
 */
function unpack(rest: string): string[] {
  const samples: string[] = [];
  let from = 0;
  let bars = 0;
  /** The section so far may be the name of a field. */
  let isName = false;
  for (let i = 0; i < rest.length; i++) {
    const code = rest.charCodeAt(i);
    if (code === barByte) {
      bars++;
      isName = bars >= 2 && isLower(rest.charCodeAt(i + 1));
    } else if (code === colonByte && isName) {
      const end = rest.indexOf('|', i);
      i = (end === -1 ? rest.length : end) - 1;
    } else if (code === colonByte) {
      samples.push(rest.slice(from, i));
      from = i + 1;
      bars = 0;
    } else isName &&= isWord(code);
  }
  samples.push(rest.slice(from));
  return samples;
}

function isLower(code: number): boolean {
  return code >= 97 && code <= 122;
}

/** The characters of `\w`. */
function isWord(code: number): boolean {
  return isLower(code) || (code >= 65 && code <= 90) || (code >= 48 && code < colonByte) || code === 95;
}
