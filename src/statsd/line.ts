import { isUtf8 } from 'node:buffer';
import type { RefusedSample, Sample } from './sample.ts';
import { kindOf, readSample, readSuffix } from './sample.ts';

/** Why a whole line was refused; statsd_exporter's words. */
export type LineReason = 'malformed_line' | 'not_enough_parts_after_colon' | 'invalid_extended_aggregate_type';

export type ParsedLine =
  | { readonly kind: 'empty' }
  | { readonly kind: 'refused'; readonly reason: LineReason }
  | {
      readonly kind: 'samples';
      /** As it was sent: not escaped. */
      readonly name: string;
      readonly samples: readonly (Sample | RefusedSample)[];
      /** Malformed tags, once for each sample that had them. */
      readonly tagErrors: number;
      /** Samples with at least one label. */
      readonly tagged: number;
      /** A line that differs only in its values would say the same of the same series. */
      readonly repeatable: boolean;
    };

export interface LineOptions {
  readonly dogstatsdTags: boolean;
}

/**
 * Reads one line (without its newline) by the grammar of statsd_exporter 0.30 and DogStatsD 1.6.
 *
 * `name:value|type`, then sections. Several values before the type (`name:1:2:3|ms|…`) share what follows; without tags,
 * several samples may follow each other (`name:1|c:2|g`).
 *
 * Where statsd_exporter differs: it knows no `T`, `e:`, `card:` and no `c:` without tags; it takes a sample with an
 * unreadable factor as if it had none, and lets a timer with a factor above 1 vanish. Here both are refused as
 * `invalid_sample_factor`.
 */
export function parseLine(line: Buffer, options: LineOptions): ParsedLine {
  if (line.length === 0) return { kind: 'empty' };
  if (!isUtf8(line)) return { kind: 'refused', reason: 'malformed_line' };
  const text = line.toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return { kind: 'refused', reason: 'malformed_line' };
  const rest = text.slice(colon + 1);
  const bar = rest.indexOf('|');
  if (bar === -1) return { kind: 'refused', reason: 'not_enough_parts_after_colon' };
  const name = text.slice(0, colon);
  const values = rest.slice(0, bar).split(':');
  if (values.length > 1) {
    // The suffix is read once, so that a packet of many values and many tags costs their sum and not their product.
    const suffix = rest.slice(bar + 1);
    if (kindOf(suffix.split('|', 1)[0]!) !== 'observer') {
      return { kind: 'refused', reason: 'invalid_extended_aggregate_type' };
    }
    return samplesOf(name, [{ values, suffix }], options);
  }
  const packed = rest.includes('|#') ? [rest] : unpack(rest);
  return samplesOf(name, packed.map(splitSample), options);
}

interface Packed {
  readonly values: readonly string[];
  /** Absent: there was no `|` behind the value. */
  readonly suffix: string | undefined;
}

function splitSample(text: string): Packed {
  const bar = text.indexOf('|');
  return bar === -1
    ? { values: [text], suffix: undefined }
    : { values: [text.slice(0, bar)], suffix: text.slice(bar + 1) };
}

function samplesOf(name: string, packed: readonly Packed[], options: LineOptions): ParsedLine {
  const samples: (Sample | RefusedSample)[] = [];
  let tagErrors = 0;
  let tagged = 0;
  let repeatable = packed.length === 1;
  for (const { values, suffix: text } of packed) {
    const suffix = text === undefined ? undefined : readSuffix(text, options.dogstatsdTags);
    repeatable &&= suffix?.repeatable === true && suffix.tagErrors === 0;
    for (const value of values) {
      const sample = suffix === undefined ? ({ refused: 'malformed_component' } as const) : readSample(value, suffix);
      samples.push(sample);
      if (sample.refused !== undefined) repeatable = false;
      if (suffix === undefined || sample.refused === 'malformed_value') continue;
      tagErrors += suffix.tagErrors;
      if (suffix.labels.length > 0 && (sample.refused === undefined || sample.refused === 'illegal_event')) tagged++;
    }
  }
  return { kind: 'samples', name, samples, tagErrors, tagged, repeatable };
}

const BAR = 124;
const COLON = 58;

/** Splits packed samples at their colons; the colon of a `c:`, `e:` or `card:` section belongs to its section. */
function unpack(rest: string): string[] {
  const samples: string[] = [];
  let from = 0;
  let part = 0;
  let bars = 0;
  for (let i = 0; i < rest.length; i++) {
    const code = rest.charCodeAt(i);
    if (code === BAR) {
      bars++;
      part = i + 1;
    } else if (code === COLON && bars >= 2 && hasColon(rest, part, i)) {
      const end = rest.indexOf('|', i);
      i = (end === -1 ? rest.length : end) - 1;
    } else if (code === COLON) {
      samples.push(rest.slice(from, i));
      from = i + 1;
      bars = 0;
    }
  }
  samples.push(rest.slice(from));
  return samples;
}

function hasColon(rest: string, from: number, to: number): boolean {
  if (to - from > 4) return false;
  const prefix = rest.slice(from, to);
  return prefix === 'c' || prefix === 'e' || prefix === 'card';
}
