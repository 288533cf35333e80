import type { MetricKind } from '../line/sample.ts';
import type { FullFamily } from '../series/full-family.ts';
import { Op, opBits } from '../series/op.ts';
import type { KnownRefusal } from './known-refusal.ts';

/** The destination of the values of a known line, or its refusal; `op` is an `Op`, perhaps with flags. */
export interface LineEntry {
  readonly op: number;
  /**
   * Counter, gauge: the slot in the store's values. Other kinds with a series: the number of a target
   * (`SeriesTargets`).
   */
  readonly at: number;
  /** Counter: the divisor of the value. Observer: the weight of the sample. */
  readonly factor: number;
  /** Index of the rule that decided; absent: no rule matched. */
  readonly rule?: number | undefined;
  /** For `Op.refused` only, whose `at` means nothing until the table numbers the refusal. */
  readonly refusal?: KnownRefusal;
  /** Set where lines with other labels would be refused too. */
  readonly full?: FullFamily | undefined;
  /** The kind of the line, where the page has no room for its name nor for any other new name. */
  readonly namelessKind?: MetricKind | undefined;
}

/**
 * Gets the number of samples that a rule decided on (undefined: no rule matched), and their refusal where they were
 * refused. `name` returns the name of the line with the tags in it.
 */
export type Settle = (
  rule: number | undefined,
  samples: number,
  name: () => string,
  refusal: KnownRefusal | undefined,
) => void;

/** Whether an entry has enough bits for the rule's index; otherwise the line is read in full. */
export function fits({ rule = 0 }: LineEntry): boolean {
  return rule + 1 < 2 ** (32 - opBits);
}

/** Whether a sender can send any number of different such lines without a series for any of them. */
export function isOdd({ op }: LineEntry): boolean {
  return (op & Op.kind) === Op.refused || (op & (Op.tagErrors | Op.sectionsIgnored)) !== 0;
}
