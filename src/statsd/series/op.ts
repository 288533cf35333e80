/** Kinds of entry, and flags beside them. */
export const Op = {
  counter: 0,
  gauge: 1,
  summary: 2,
  histogram: 3,
  scaledCounter: 4,
  scaledGauge: 5,
  /** The mapping drops the line. */
  dropped: 6,
  /** The series that the line stood for is gone: the line has to be read in full. */
  stale: 7,
  /** The sample or the whole line is refused, with all values or with some; `at` is the number of the refusal. */
  refused: 256,
  /** A set, whose value is a member; `at` as of a gauge. Counted as one. */
  set: 257,
  kind: 263,
  /** What all kinds have in common that take no plain value. */
  noPlainValue: 256,
  /** A rule of the mapping made the name. */
  mapped: 8,
  /** What of an op tells what is counted. */
  counted: 15,
  /** The line carries labels. */
  tagged: 16,
  /** The value is in milliseconds. */
  milliseconds: 32,
  /** The series has a time to live: when it was written to last is kept. */
  timed: 64,
  /** Malformed tags of the line: a number of three bits. */
  tagErrors: 7 << 9,
  /** Its sections that are not known: a number of two bits. */
  sectionsIgnored: 3 << 12,
  /** What of an op counts malformed tags and unknown sections. */
  faulty: 31 << 9,
  /** The same, and whether there are tags. */
  noted: 16 | (31 << 9),
} as const;

/** The flags of so many malformed tags and unknown sections; undefined: they are more than an op counts. */
export function faultFlags(tagErrors: number, sectionsIgnored: number): number | undefined {
  return tagErrors > 7 || sectionsIgnored > 3 ? undefined : (tagErrors << 9) | (sectionsIgnored << 12);
}

export function tagErrorsOf(op: number): number {
  return (op >> 9) & 7;
}

export function sectionsIgnoredOf(op: number): number {
  return (op >> 12) & 3;
}

/** Bits of an op with all its flags; an entry has 32 for op and rule. */
export const OP_BITS = 14;
