/** The kinds of a line entry, and its flags. */
export const Op = {
  counter: 0,
  gauge: 1,
  summary: 2,
  histogram: 3,
  scaledCounter: 4,
  scaledGauge: 5,
  /** A rule of the mapping drops the line. */
  dropped: 6,
  /** The series of the line is gone: the next such line is read in full. */
  stale: 7,
  /** The sample or the whole line is refused, with all values or with some; `at` is the number of the refusal. */
  refused: 256,
  /** A set, whose value is a member; `at` is that of a gauge, and it counts as a gauge. */
  set: 257,
  kind: 263,
  /** The bit of the kinds that take no plain value. */
  noPlainValue: 256,
  /** A rule of the mapping made the name. */
  mapped: 8,
  /** The bits of an op that index the counter of its samples. */
  counted: 15,
  /** The line carries labels. */
  tagged: 16,
  /** The value is in milliseconds. */
  milliseconds: 32,
  /** The series has a time to live: each write stores its time. */
  timed: 64,
  /** Number of malformed tags of the line, three bits. */
  tagErrors: 7 << 9,
  /** Number of unknown sections, two bits. */
  sectionsIgnored: 3 << 12,
  /** The bits of the counts of malformed tags and unknown sections. */
  faulty: 31 << 9,
  /** The same bits, and the one of labels. */
  noted: 16 | (31 << 9),
} as const;

/** The flags for these numbers of malformed tags and unknown sections; undefined: an op has too few bits for them. */
export function faultFlags(tagErrors: number, sectionsIgnored: number): number | undefined {
  return tagErrors > 7 || sectionsIgnored > 3 ? undefined : (tagErrors << 9) | (sectionsIgnored << 12);
}

export function tagErrorsOf(op: number): number {
  return (op >> 9) & 7;
}

export function sectionsIgnoredOf(op: number): number {
  return (op >> 12) & 3;
}

/** The bits of an op with all its flags; an entry has 32 for op and rule. */
export const opBits = 14;
