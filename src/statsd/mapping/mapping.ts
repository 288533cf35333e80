/** The kind of a metric for a mapping: timers, histograms and distributions are observers. */
export type EventKind = 'counter' | 'gauge' | 'observer';

/** The buckets of a native histogram, as the file states them. */
export interface NativeHistogram {
  /** Above 1: each bucket is at most this much wider than the one before. */
  readonly factor: number;
  /** The most buckets of a series, above 0. */
  readonly maxBuckets: number;
}

/** The metric type of the observations of a rule, with its options. */
export type ObserverSettings =
  | {
      readonly type: 'summary';
      readonly quantiles: readonly { readonly quantile: number; readonly error: number }[];
      /** Milliseconds. */
      readonly maxAge: number;
      readonly ageBuckets: number;
    }
  | { readonly type: 'histogram'; readonly buckets: readonly number[]; readonly native: NativeHistogram | undefined };

/** One entry of `mappings` in the file, with the defaults applied. */
export interface Rule {
  /** Index in the file, from 0. */
  readonly index: number;
  /** The line of the file where the rule begins, from 1. */
  readonly line: number;
  readonly match: string;
  readonly matchType: 'glob' | 'regex';
  /** The text of the file, with its references. */
  readonly name: string;
  readonly action: 'map' | 'drop';
  readonly help: string | undefined;
  readonly honorLabels: boolean;
  readonly scale: number | undefined;
  /** Milliseconds from the last sample until a series expires; 0: never. */
  readonly ttl: number;
  readonly observer: ObserverSettings;
}

/** The rule that a name matches, and the metric that it makes. */
export interface RuleMatch {
  readonly rule: Rule;
  /** Rendered, not escaped; may be empty. */
  readonly name: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly captures: readonly string[];
}

/** A mapping file, ready for look-ups. */
export interface Mapping {
  readonly rules: readonly Rule[];
  readonly defaults: {
    /** Milliseconds; 0: none. */
    readonly ttl: number;
    /** Undefined: the file has no defaults for observers; the flags decide. */
    readonly observer: ObserverSettings | undefined;
  };
  /**
   * @param name the raw name, without name-tags.
   * @returns the rule that decides; undefined: no rule matches.
   */
  find(kind: EventKind, name: string): RuleMatch | undefined;
}

/** A problem or a warning for the author of a mapping file. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}
