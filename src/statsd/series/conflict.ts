import type { Refusal } from '../../exposition/metric/family.ts';
import type { MetricKind } from '../line/sample.ts';

/** Why a sample does not fit what its name is already. */
export type ConflictReason = Extract<Refusal, `${string}_conflict`>;

/** Samples that did not fit what their name is already. */
export interface Conflict {
  readonly kind: MetricKind;
  readonly name: string;
  /** Of the last one. */
  reason: ConflictReason;
  count: number;
}
