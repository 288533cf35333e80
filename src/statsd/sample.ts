import type { Labels } from '../exposition/family.ts';
import { goFloat } from './number.ts';
import { readDogstatsdTags } from './tags.ts';

/** Why one sample of a line was refused; statsd_exporter's words. */
export type SampleReason =
  | 'malformed_component'
  | 'malformed_value'
  | 'invalid_sample_factor'
  | 'malformed_container_id'
  | 'illegal_event';

export type MetricKind = 'counter' | 'gauge' | 'observer';

/** What stands behind the value, `type|section|section`: read once where several values share it. */
export interface Suffix {
  readonly kind: MetricKind | undefined;
  readonly milliseconds: boolean;
  /** Counter: what to divide the value by. Observer: how many observations the sample stands for. Gauge: 1. */
  readonly factor: number;
  readonly labels: Labels;
  /** Malformed tags; the samples that have them are taken without them. */
  readonly tagErrors: number;
  /** Lines with this suffix say the same of the same series, whatever their values. */
  readonly repeatable: boolean;
  /** The shape is wrong: refused before the value is read, or after it, as statsd_exporter orders its errors. */
  readonly refusedFirst?: SampleReason;
  readonly refused?: SampleReason;
}

/** What one sample says. */
export interface Sample {
  readonly refused?: undefined;
  /** As it was sent; timers in milliseconds. */
  readonly value: number;
  /** The value had a sign: a gauge moves by it instead of being set to it. */
  readonly relative: boolean;
  readonly suffix: Suffix & { readonly kind: MetricKind };
}

export interface RefusedSample {
  readonly refused: SampleReason;
}

/** value, type, @, #, c:, T, e:, card: once each. */
const MOST_PARTS = 8;
const KINDS: ReadonlyMap<string, MetricKind> = new Map([
  ['c', 'counter'],
  ['g', 'gauge'],
  ['ms', 'observer'],
  ['h', 'observer'],
  ['d', 'observer'],
]);

/** The kind of metric that a statsd type word means. */
export function kindOf(type: string): MetricKind | undefined {
  return KINDS.get(type);
}

/** Makes the sample of a value and what follows it. */
export function readSample(value: string, suffix: Suffix): Sample | RefusedSample {
  if (suffix.refusedFirst !== undefined) return { refused: suffix.refusedFirst };
  const number = goFloat(value);
  if (number === undefined) return { refused: 'malformed_value' };
  const { kind, refused } = suffix;
  if (refused !== undefined || kind === undefined) return { refused: refused ?? 'illegal_event' };
  return { value: number, relative: value[0] === '+' || value[0] === '-', suffix: { ...suffix, kind } };
}

/**
 * Reads `type|section|…`. Sections are known by their first characters: `@factor`, `#tags`, `c:container`, `Ttimestamp`,
 * `e:external`, `card:cardinality`; the last three are read and say nothing to Prometheus.
 */
export function readSuffix(text: string, dogstatsdTags: boolean): Suffix {
  const parts = text.split('|');
  const kind = KINDS.get(parts[0]!);
  const reading: Reading = {
    kind,
    dogstatsdTags,
    factor: 1,
    factors: 0,
    labels: new Map(),
    tagErrors: 0,
    timed: false,
  };
  const tooMany = parts.length + 1 > MOST_PARTS;
  const refused = tooMany || parts.includes('', 1) ? 'malformed_component' : readSections(parts, reading);
  return {
    kind,
    milliseconds: parts[0] === 'ms',
    factor: reading.factor,
    labels: [...reading.labels],
    tagErrors: reading.tagErrors,
    repeatable: !reading.timed && reading.factors < 2 && reading.factor > 0,
    ...(tooMany && { refusedFirst: 'malformed_component' }),
    ...(refused !== undefined && { refused }),
  };
}

interface Reading {
  readonly kind: MetricKind | undefined;
  readonly dogstatsdTags: boolean;
  readonly labels: Map<string, string>;
  factor: number;
  factors: number;
  tagErrors: number;
  timed: boolean;
}

function readSections(parts: readonly string[], reading: Reading): SampleReason | undefined {
  for (let i = 1; i < parts.length; i++) {
    const part = parts[i]!;
    if (part[0] === '@') {
      if (!readFactor(part.slice(1), reading)) return 'invalid_sample_factor';
    } else if (part[0] === '#') {
      if (reading.dogstatsdTags) reading.tagErrors += readDogstatsdTags(part.slice(1), reading.labels);
    } else if (part[0] === 'T') {
      // Another timestamp every time: such lines would only fill the table of known lines.
      reading.timed = true;
    } else if (part.startsWith('c:') && part.length > 2) {
      reading.labels.set('container_id', part.slice(2));
    } else if (part[0] === 'c' && !part.startsWith('card:')) {
      return 'malformed_container_id';
    } else if (!part.startsWith('e:') && !part.startsWith('card:')) {
      return 'invalid_sample_factor';
    }
  }
  return undefined;
}

/** A counter is divided by each of several factors, an observer has the last one (as in statsd_exporter). 0 counts as 1. */
function readFactor(text: string, reading: Reading): boolean {
  const given = goFloat(text);
  if (given === undefined) return false;
  reading.factors++;
  if (reading.kind === 'counter') reading.factor *= given === 0 ? 1 : given;
  if (reading.kind !== 'observer') return true;
  reading.factor = given === 0 ? 1 : Math.trunc(1 / given);
  // The reference counts repetitions in 64 bits; what does not fit, and what is less than one, it loses silently.
  return reading.factor >= 1 && reading.factor < 2 ** 63;
}
