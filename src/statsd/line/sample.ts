import type { Labels } from '../../exposition/metric/family.ts';
import { goFloat } from './go-float.ts';
import { readDogstatsdTags } from './tags.ts';

/** The reasons why one sample of a line is refused, in the words of statsd_exporter. */
export type SampleReason =
  | 'malformed_component'
  | 'malformed_value'
  | 'invalid_sample_factor'
  | 'malformed_container_id'
  | 'illegal_event';

export type MetricKind = 'counter' | 'gauge' | 'observer';

/** The options of reading the sections behind the type. */
export interface SectionOptions {
  readonly dogstatsdTags: boolean;
  /** A DogStatsD tag without a colon becomes a label with the value `true`. */
  readonly valuelessTags: boolean;
  /** `c:` becomes the label `container_id`. */
  readonly containerId: boolean;
}

/** The part behind the value, `type|section|section`; read once where several values share it. */
export interface Suffix {
  /** The type as the sender wrote it. */
  readonly type: string;
  readonly kind: MetricKind | undefined;
  /** A set: a gauge of the number of different values. */
  readonly set: boolean;
  readonly milliseconds: boolean;
  /** Counter: the divisor of the value. Observer: the number of observations that the sample stands for. Gauge: 1. */
  readonly factor: number;
  /** The sampling factor of the line; of several factors the result of all. 1 where there is none. */
  readonly rate: number;
  /** The labels, those of the name included. Samples of a line without labels of their own share one array. */
  readonly labels: Labels;
  /** Number of malformed tags; the sample is accepted without them. */
  readonly tagErrors: number;
  /** Number of unknown sections. */
  readonly sectionsIgnored: number;
  /**
   * Lines with this suffix mean the same series, whatever their values. A timestamp at the end is not part of it: the
   * line table does not see it.
   */
  readonly repeatable: boolean;
  /** At most one factor, above 0: each of several values can be divided or multiplied by it on its own. */
  readonly plain: boolean;
  /** The section syntax is wrong: refused before the value is read, or after it, in the order of statsd_exporter. */
  readonly refusedFirst?: SampleReason;
  readonly refused?: SampleReason;
}

/** One sample of a line. */
export interface Sample {
  readonly refused?: undefined;
  /** The value as the sender wrote it. */
  readonly rawValue: string;
  /** The number; of timers in milliseconds. Of a set: 0. */
  readonly value: number;
  /** The member of a set; undefined for every other type. */
  readonly member: string | undefined;
  /** The value had a sign: a gauge moves by it. */
  readonly relative: boolean;
  readonly suffix: Suffix & { readonly kind: MetricKind };
}

export interface RefusedSample {
  readonly refused: SampleReason;
  /** The value as the sender wrote it. */
  readonly rawValue: string;
  /** Undefined: the line ends behind the value. */
  readonly suffix: Suffix | undefined;
}

/** value, type, @, #, c: as in statsd_exporter 0.30; sections that it does not know are not counted. */
const mostParts = 5;
/** A timestamp, or a section in the form of a field of DogStatsD; statsd_exporter knows `c:`. */
const uncounted = /^(?:T|(?!c:)[a-z]\w*:)/;
/**
 * A field of DogStatsD, `name:text`. Datadog's agent ignores unknown fields, so that a client newer than the agent
 * loses no samples; a section of another form is a mistake of the sender.
 */
const field = /^[a-z]\w*:/;
const timestamp = /^T[0-9]+$/;
const kinds: ReadonlyMap<string, MetricKind> = new Map([
  ['c', 'counter'],
  ['g', 'gauge'],
  ['s', 'gauge'],
  ['ms', 'observer'],
  ['h', 'observer'],
  ['d', 'observer'],
]);

/** The kind of metric of a statsd type. */
export function kindOf(type: string): MetricKind | undefined {
  return kinds.get(type);
}

/** Makes the sample of a value and its suffix. */
export function readSample(value: string, suffix: Suffix): Sample | RefusedSample {
  if (suffix.refusedFirst !== undefined) return { refused: suffix.refusedFirst, rawValue: value, suffix };
  const number = suffix.set ? 0 : goFloat(value);
  if (number === undefined || value === '') return { refused: 'malformed_value', rawValue: value, suffix };
  const { kind, refused, set } = suffix;
  if (refused !== undefined || kind === undefined) {
    return { refused: refused ?? 'illegal_event', rawValue: value, suffix };
  }
  const relative = !set && (value[0] === '+' || value[0] === '-');
  return { rawValue: value, value: number, member: set ? value : undefined, relative, suffix: { ...suffix, kind } };
}

/**
 * Reads `type|section|…`. The first characters of a section say its kind: `@factor`, `#tags`, `c:container`,
 * `Ttimestamp`, `e:external`, `card:cardinality`; the last three are read and have no meaning for Prometheus. Other
 * fields (`f:text`) are ignored.
 *
 * @param inName labels from the name.
 */
export function readSuffix(text: string, options: SectionOptions, inName: Labels): Suffix {
  const parts = text.split('|');
  const kind = kinds.get(parts[0]!);
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
  const tooMany = parts.length >= mostParts && parts.filter((part) => !uncounted.test(part)).length >= mostParts;
  const reason = tooMany || parts.includes('', 1) ? 'malformed_component' : readSections(parts, reading);
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
    ...(reason !== undefined && { refused: reason }),
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
  /** A timestamp that is not the last section, or not a number. */
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
      // The timestamp differs every time: such lines would only fill the line table.
      if (i < parts.length - 1 || !timestamp.test(part)) reading.timed = true;
    } else if (part.startsWith('c:') && part.length > 2) {
      if (options.containerId) labels.set('container_id', part.slice(2));
    } else if (part === 'c:' || (part[0] === 'c' && !field.test(part))) {
      return 'malformed_container_id';
    } else if (!field.test(part)) {
      return 'invalid_sample_factor';
    } else if (!part.startsWith('e:') && !part.startsWith('card:')) reading.sectionsIgnored++;
  }
  return undefined;
}

/**
 * A counter is divided by each of several factors, an observer takes the last one (as in statsd_exporter). 0 counts as
 * 1.
 *
 * An observer's weight is 1/factor without its fraction: statsd_exporter repeats the observation that often, so
 * `_count` is the same number. A factor whose weight is below one or beyond 64 bits is not valid; statsd_exporter loses
 * such samples silently.
 */
function readFactor(text: string, reading: Reading): boolean {
  const factor = goFloat(text);
  if (factor === undefined) return false;
  reading.factors++;
  // An observer takes the last factor.
  reading.rate = reading.kind === 'counter' ? reading.rate * factor : factor;
  if (reading.kind === 'counter') reading.factor *= factor === 0 ? 1 : factor;
  if (reading.kind !== 'observer') return true;
  reading.factor = factor === 0 ? 1 : Math.trunc(1 / factor);
  return reading.factor >= 1 && reading.factor < 2 ** 63;
}
