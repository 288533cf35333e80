import type { Labels } from '../../exposition/metric/family.ts';
import type { Family } from '../../exposition/metric/metric-store.ts';

/** A refusal that holds for every label set that has no series yet. */
export interface FullFamily {
  /** The family without room for another series; undefined: the family itself was refused. */
  readonly family: Family | undefined;
  /** The hash of the refused labels; see `labelsHash`. */
  readonly hash: number;
  /** The bytes that these labels take. */
  readonly bytes: number;
  /** The labels that the rule adds to every such line. */
  readonly ruleLabels: Labels;
}
