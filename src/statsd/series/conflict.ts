import type { Refusal } from '../../exposition/metric/family.ts';
import type { MetricKind } from '../line/sample.ts';

/** The reason why a sample does not fit the family that has its name. */
export type ConflictReason = Extract<Refusal, `${string}_conflict`>;

/** Samples that did not fit the family that has their name. */
export interface Conflict {
  readonly kind: MetricKind;
  readonly name: string;
  /** Of the last sample. */
  reason: ConflictReason;
  count: number;
}
