import type { Labels, MetricType } from './family.ts';
import type { LabelLimits } from './labels.ts';

/** Bounds on a page that comes from outside. */
export interface PageLimits extends LabelLimits {
  readonly bytes: number;
  /** A longer line is left out. */
  readonly lineCharacters: number;
  readonly samples: number;
  readonly families: number;
  /**
   * Bytes that the parsed page may take in memory, by estimate: a short line takes many times its length. Absent: no
   * bound.
   */
  readonly memory?: number;
}

/** One sample line. `name` is the whole name, with `_bucket`, `_sum` or `_count`; `le` and `quantile` are labels. */
export interface ParsedSample {
  readonly name: string;
  /** Sorted by name, without empty values. */
  readonly labels: Labels;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly timestamp?: number;
}

/** One family of a page; `name` is the name its series have: a counter `x` of an OpenMetrics page is `x_total` here. */
export interface ParsedFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit?: string;
  readonly samples: readonly ParsedSample[];
}
