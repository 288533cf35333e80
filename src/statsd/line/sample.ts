import type { Labels } from '../../exposition/metric/family.ts';
import { goFloat } from './go-float.ts';
import { readDogstatsdTags } from './tags.ts';

/** Why one sample of a line was refused; statsd_exporter's words. */
export type SampleReason =
  | 'malformed_component'
  | 'malformed_value'
  | 'invalid_sample_factor'
  | 'malformed_container_id'
  | 'illegal_event';

export type MetricKind = 'counter' | 'gauge' | 'observer';

/** How the sections behind the type are read. */
export interface SectionOptions {
  readonly dogstatsdTags: boolean;
  /** A DogStatsD tag without a colon becomes a label with the value `true`. */
  readonly valuelessTags: boolean;
  /** `c:` becomes the label `container_id`. */
  readonly containerId: boolean;
}

/** What stands behind the value, `type|section|section`: read once where several values share it. */
export interface Suffix {
  /** As it was sent. */
  readonly type: string;
  readonly kind: MetricKind | undefined;
  /** A gauge of how many different values were sent. */
  readonly set: boolean;
  readonly milliseconds: boolean;
  /** Counter: what to divide the value by. Observer: how many observations the sample stands for. Gauge: 1. */
  readonly factor: number;
  /** The sampling factor as it was sent; of several that of all together. 1 where there is none. */
  readonly rate: number;
  /** Those of the name included. Samples of a line that have none of their own share one array. */
  readonly labels: Labels;
  /** Malformed tags; the samples that have them are taken without them. */
  readonly tagErrors: number;
  /** Sections that are not known. */
  readonly sectionsIgnored: number;
  /**
   * Lines with this suffix say the same of the same series, whatever their values. A timestamp at the end is not part of it: the
   * table of known lines does not see it.
   */
  readonly repeatable: boolean;
  /** At most one factor, above 0: a value is worth the same whenever it is divided or multiplied by it. */
  readonly plain: boolean;
  /** The shape is wrong: refused before the value is read, or after it, as statsd_exporter orders its errors. */
  readonly refusedFirst?: SampleReason;
  readonly refused?: SampleReason;
}

/** What one sample says. */
export interface Sample {
  readonly refused?: undefined;
  /** The value as it was sent. */
  readonly sent: string;
  /** The number sent; timers in milliseconds. Of a set: 0. */
  readonly value: number;
  /** What was sent to a set; undefined for every other type. */
  readonly member: string | undefined;
  /** The value had a sign: a gauge moves by it instead of being set to it. */
  readonly relative: boolean;
  readonly suffix: Suffix & { readonly kind: MetricKind };
}

export interface RefusedSample {
  readonly refused: SampleReason;
  /** The value as it was sent. */
  readonly sent: string;
  /** Undefined where nothing follows the value. */
  readonly suffix: Suffix | undefined;
}

/** value, type, @, #, c: as statsd_exporter 0.30 has it; sections that it does not know are not counted. */
const MOST_PARTS = 5;
/** A timestamp, or a section of the form that DogStatsD gives its fields; `c:` is one that statsd_exporter knows. */
const UNCOUNTED = /^(?:T|(?!c:)[a-z]\w*:)/;
/**
 * A field of DogStatsD, `name:text`. Datadog's agent ignores those that it does not know, so that a client that is
 * newer than the agent loses no samples; a section of another form is a mistake of whoever wrote the line.
 */
const FIELD = /^[a-z]\w*:/;
const TIMESTAMP = /^T[0-9]+$/;
const KINDS: ReadonlyMap<string, MetricKind> = new Map([
  ['c', 'counter'],
  ['g', 'gauge'],
  ['s', 'gauge'],
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
  if (suffix.refusedFirst !== undefined) return { refused: suffix.refusedFirst, sent: value, suffix };
  const number = suffix.set ? 0 : goFloat(value);
  if (number === undefined || value === '') return { refused: 'malformed_value', sent: value, suffix };
  const { kind, refused, set } = suffix;
  if (refused !== undefined || kind === undefined) {
    return { refused: refused ?? 'illegal_event', sent: value, suffix };
  }
  const relative = !set && (value[0] === '+' || value[0] === '-');
  return { sent: value, value: number, member: set ? value : undefined, relative, suffix: { ...suffix, kind } };
}

/**
 * Reads `type|section|…`. Sections are known by their first characters: `@factor`, `#tags`, `c:container`, `Ttimestamp`,
 * `e:external`, `card:cardinality`; the last three are read and say nothing to Prometheus. Other fields (`f:text`) are
 * ignored.
 *
 * @param inName labels that the name brought.
 */
export function readSuffix(text: string, options: SectionOptions, inName: Labels): Suffix {
  const parts = text.split('|');
  const kind = KINDS.get(parts[0]!);
  const set = parts[0] === 's';
  const reading: Reading = {
    kind,
    options,
    factor: 1,
    rate: 1,
    factors: 0,
    labels: new Map(),
    tagErrors: 0,
    sectionsIgnored: 0,
    timed: false,
  };
  const tooMany = parts.length >= MOST_PARTS && parts.filter((part) => !UNCOUNTED.test(part)).length >= MOST_PARTS;
  const refused = tooMany || parts.includes('', 1) ? 'malformed_component' : readSections(parts, reading);
  return {
    type: parts[0]!,
    kind,
    set,
    milliseconds: parts[0] === 'ms',
    factor: reading.factor,
    rate: reading.rate,
    labels: merged(inName, reading.labels),
    tagErrors: reading.tagErrors,
    sectionsIgnored: reading.sectionsIgnored,
    repeatable: !reading.timed,
    plain: reading.factors < 2 && reading.factor > 0,
    ...(tooMany && { refusedFirst: 'malformed_component' }),
    ...(refused !== undefined && { refused }),
  };
}

function merged(inName: Labels, own: ReadonlyMap<string, string>): Labels {
  if (own.size === 0) return inName;
  return inName.length === 0 ? [...own] : [...new Map([...inName, ...own])];
}

interface Reading {
  readonly kind: MetricKind | undefined;
  readonly options: SectionOptions;
  readonly labels: Map<string, string>;
  factor: number;
  rate: number;
  factors: number;
  tagErrors: number;
  sectionsIgnored: number;
  /** A timestamp that is not the last section, or no number. */
  timed: boolean;
}

function readSections(parts: readonly string[], reading: Reading): SampleReason | undefined {
  const { options, labels } = reading;
  for (let i = 1; i < parts.length; i++) {
    const part = parts[i]!;
    if (part[0] === '@') {
      if (!readFactor(part.slice(1), reading)) return 'invalid_sample_factor';
    } else if (part[0] === '#') {
      if (options.dogstatsdTags) reading.tagErrors += readDogstatsdTags(part.slice(1), labels, options.valuelessTags);
    } else if (part[0] === 'T') {
      // Another timestamp every time: such lines would only fill the table of known lines.
      if (i < parts.length - 1 || !TIMESTAMP.test(part)) reading.timed = true;
    } else if (part.startsWith('c:') && part.length > 2) {
      if (options.containerId) labels.set('container_id', part.slice(2));
    } else if (part === 'c:' || (part[0] === 'c' && !FIELD.test(part))) {
      return 'malformed_container_id';
    } else if (!FIELD.test(part)) {
      return 'invalid_sample_factor';
    } else if (!part.startsWith('e:') && !part.startsWith('card:')) reading.sectionsIgnored++;
  }
  return undefined;
}

/**
 * A counter is divided by each of several factors, an observer has the last one (as in statsd_exporter). 0 counts as 1.
 *
 * An observer's weight is 1/factor without its fraction, which is how often statsd_exporter repeats the observation: so
 * `_count` is the same number. What the reference loses silently is no factor: a weight below one, or beyond its 64 bits.
 */
function readFactor(text: string, reading: Reading): boolean {
  const given = goFloat(text);
  if (given === undefined) return false;
  reading.factors++;
  // An observer has the last one.
  reading.rate = reading.kind === 'counter' ? reading.rate * given : given;
  if (reading.kind === 'counter') reading.factor *= given === 0 ? 1 : given;
  if (reading.kind !== 'observer') return true;
  reading.factor = given === 0 ? 1 : Math.trunc(1 / given);
  return reading.factor >= 1 && reading.factor < 2 ** 63;
}
