import { isUtf8 } from 'node:buffer';
import type { EventLine, MessageReason, ServiceCheckLine } from './event-line.ts';
import { isMessage, readMessage } from './event-line.ts';
import { goFloat } from './go-float.ts';
import type { RefusedSample, Sample, SectionOptions } from './sample.ts';
import { kindOf, readSample, readSuffix } from './sample.ts';
import type { NameTagStyles, TaggedName } from './tags.ts';
import { readNameTags } from './tags.ts';

/** Why a whole line was refused; statsd_exporter's words, and ours for what it takes to its harm or does not know. */
export type LineReason =
  | 'malformed_line'
  | 'mixed_tagging_styles'
  | 'not_enough_parts_after_colon'
  | 'invalid_extended_aggregate_type'
  /** Nothing but tags before the colon. statsd_exporter takes it, and its page is gone. */
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
      /** As it was sent: not escaped, without its tags. */
      readonly name: string;
      readonly samples: readonly (Sample | RefusedSample)[];
      /** Malformed tags: of the name once, of the sections once for each sample that had them. */
      readonly tagErrors: number;
      /** Sections that are not known; of several values once for each. */
      readonly sectionsIgnored: number;
      /** Samples with at least one label. */
      readonly tagged: number;
      /**
       * What one that differs only in its values would say: `same` of the same series; `single`: as long as it has one
       * value; `other`: perhaps something else.
       */
      readonly repeats: 'same' | 'single' | 'other';
    }
  | EventLine
  | ServiceCheckLine;

export interface LineOptions extends NameTagStyles, SectionOptions {}

/**
 * Reads one line (without its newline) by the grammar of statsd_exporter 0.30 and DogStatsD 1.6.
 *
 * `name:value|type`, then sections; tags stand in the name or in a section, not in both. Several values before the type
 * (`name:1:2:3|ms|…`) share what follows; without tags in a section, several samples may follow each other (`name:1|c:2|g`).
 * `_e{…}` and `_sc|` begin events and service checks.
 *
 * Where statsd_exporter differs: it knows no sets, events, service checks, `T`, `e:`, `card:`, no `c:` without tags, no
 * fields that will come, no several values of counters and gauges; it takes a sample with an unreadable factor as if it
 * had none, and lets a timer with a factor above 1 vanish. Here both are refused as `invalid_sample_factor`.
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

/** A value or several, and what stands behind them. */
interface Packed {
  readonly values: readonly string[];
  /** Absent: there was no `|` behind the value. */
  readonly suffix: string | undefined;
}

/** Takes apart what stands behind the name, or says why it cannot be; in statsd_exporter's order of reasons. */
function split(rest: string, { name, labels }: TaggedName): readonly Packed[] | LineReason {
  const dogstatsd = rest.includes('|#');
  if (dogstatsd && labels.length > 0) return 'mixed_tagging_styles';
  const bar = rest.indexOf('|');
  if (bar === -1) return 'not_enough_parts_after_colon';
  const value = rest.slice(0, bar);
  let packed: readonly Packed[];
  if (value.includes(':')) {
    // The suffix is read once, so that a packet of many values and many tags costs their sum and not their product.
    const suffix = rest.slice(bar + 1);
    const values = valuesOf(value, suffix.split('|', 1)[0]!);
    if (values === undefined) return 'invalid_extended_aggregate_type';
    packed = [{ values, suffix }];
  } else {
    // No client that tags names sends sections with colons: there every colon parts samples, as in statsd_exporter.
    const parts = dogstatsd ? [rest] : labels.length > 0 ? rest.split(':') : unpack(rest);
    packed = parts.map(splitSample);
  }
  return name === '' ? 'empty_metric_name' : packed;
}

/**
 * The values before a type. statsd_exporter knows several only of timers, histograms and distributions, DogStatsD of all types
 * but sets, whose values may have colons. A counter or gauge with a value that is no number stays refused as a whole: more
 * likely than a packed line that is a name with a colon in it.
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
          ? ({ refused: 'malformed_component', sent: value, suffix } as const)
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

const BAR = 124;
const COLON = 58;

/**
 * Splits packed samples at their colons; the colon of a field of DogStatsD (`c:`, `e:`, `card:`, …) belongs to its
 * section.
 */
function unpack(rest: string): string[] {
  const samples: string[] = [];
  let from = 0;
  let bars = 0;
  /** All that was read of this section may be the name of a field. */
  let isName = false;
  for (let i = 0; i < rest.length; i++) {
    const code = rest.charCodeAt(i);
    if (code === BAR) {
      bars++;
      isName = bars >= 2 && isLower(rest.charCodeAt(i + 1));
    } else if (code === COLON && isName) {
      const end = rest.indexOf('|', i);
      i = (end === -1 ? rest.length : end) - 1;
    } else if (code === COLON) {
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

/** What `\w` is. */
function isWord(code: number): boolean {
  return isLower(code) || (code >= 65 && code <= 90) || (code >= 48 && code < COLON) || code === 95;
}
