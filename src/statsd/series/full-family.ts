import type { Labels } from '../../exposition/metric/family.ts';
import type { Family } from '../../exposition/metric/metric-store.ts';

/** A refusal that has nothing to do with the labels, but that no series has them. */
export interface FullFamily {
  /** It had no room for another series; undefined: the family itself was refused. */
  readonly family: Family | undefined;
  /** Of the labels of that series; see `labelsHash`. */
  readonly hash: number;
  /** What they take. */
  readonly bytes: number;
  /** Those of them that every such line has, since its rule says so. */
  readonly ruled: Labels;
}
