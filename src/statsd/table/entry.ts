/** What applying a value to a known line takes; `op` is an `Op`, perhaps with flags. */
export interface Entry {
  readonly op: number;
  /** Counter, gauge: the slot in the store's values. All others that have a series: the index of one of the aggregate's targets. */
  readonly at: number;
  /** Counter: divisor of the value. Observer: weight of the sample. */
  readonly factor: number;
  /** Place of the rule that decided; absent: none did. */
  readonly rule?: number | undefined;
}

/** Is told how many samples a rule, or none, decided on; `name` is that of the line, with the tags in it. */
export type Settle = (rule: number | undefined, samples: number, name: () => string) => void;

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
  kind: 7,
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
} as const;
