import type { MetricKind } from '../line/sample.ts';
import type { FullFamily } from '../series/full-family.ts';
import type { KnownRefusal } from './known-refusal.ts';

/** What applying a value to a known line takes; `op` is an `Op`, perhaps with flags. */
export interface Entry {
  readonly op: number;
  /** Counter, gauge: the slot in the store's values. All others that have a series: the index of one of the aggregate's targets. */
  readonly at: number;
  /** Counter: divisor of the value. Observer: weight of the sample. */
  readonly factor: number;
  /** Place of the rule that decided; absent: none did. */
  readonly rule?: number | undefined;
  /** Of `Op.refused` alone, whose `at` means nothing until the table has given it a number. */
  readonly refusal?: KnownRefusal;
  /** Lines with other labels would be refused too. */
  readonly full?: FullFamily | undefined;
  /** What the line is, where the page had no room for its name, nor has for any that is new. */
  readonly namelessKind?: MetricKind | undefined;
}

/**
 * Is told how many samples a rule, or none, decided on, and why they were refused where they were; `name` is that of
 * the line, with the tags in it.
 */
export type Settle = (
  rule: number | undefined,
  samples: number,
  name: () => string,
  refusal: KnownRefusal | undefined,
) => void;

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
  kept: 256,
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

/** Whether an entry holds the rule's place; else the line is read in full. */
export function fits({ rule = 0 }: Entry): boolean {
  return rule + 1 < 2 ** (32 - OP_BITS);
}

/** Whether lines like this one may come in any number, each another one, and none of them a series. */
export function isOdd({ op }: Entry): boolean {
  return (op & Op.kind) === Op.refused || (op & (Op.tagErrors | Op.sectionsIgnored)) !== 0;
}
