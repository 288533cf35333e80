import type { Labels } from '../../exposition/family.ts';
import type { Family } from '../../exposition/metric-store.ts';

/** A family that had no room for a series. */
export interface FullFamily {
  readonly family: Family;
  /** Of the labels of that series; see `labelsHash`. */
  readonly hash: number;
  /** What they take. */
  readonly bytes: number;
  /** Those of them that every such line has, since its rule says so. */
  readonly ruled: Labels;
}
