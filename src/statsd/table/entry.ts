import type { MetricKind } from '../line/sample.ts';
import type { FullFamily } from '../series/full-family.ts';
import { OP_BITS, Op } from '../series/op.ts';
import type { KnownRefusal } from './known-refusal.ts';

/** What applying a value to a known line takes; `op` is an `Op`, perhaps with flags. */
export interface LineEntry {
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

/** Whether an entry holds the rule's place; else the line is read in full. */
export function fits({ rule = 0 }: LineEntry): boolean {
  return rule + 1 < 2 ** (32 - OP_BITS);
}

/** Whether lines like this one may come in any number, each another one, and none of them a series. */
export function isOdd({ op }: LineEntry): boolean {
  return (op & Op.kind) === Op.refused || (op & (Op.tagErrors | Op.sectionsIgnored)) !== 0;
}
