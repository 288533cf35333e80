/** What a metric is to a mapping: timers, histograms and distributions are all observers. */
export type EventKind = 'counter' | 'gauge' | 'observer';

/** Sparse buckets of a native histogram, as the file states them. */
export interface NativeHistogram {
  /** Above 1: each bucket is at most this much wider than the one before. */
  readonly factor: number;
  /** Of a series, above 0. */
  readonly maxBuckets: number;
}

/** What the observations of a rule become. */
export type ObserverSettings =
  | {
      readonly type: 'summary';
      readonly quantiles: readonly { readonly quantile: number; readonly error: number }[];
      /** Milliseconds. */
      readonly maxAge: number;
      readonly ageBuckets: number;
    }
  | { readonly type: 'histogram'; readonly buckets: readonly number[]; readonly native: NativeHistogram | undefined };

/** One entry of the file's `mappings`, defaults applied. */
export interface Rule {
  /** Place in the file, from 0. */
  readonly index: number;
  /** Line of the file where it begins, from 1. */
  readonly line: number;
  readonly match: string;
  readonly matchType: 'glob' | 'regex';
  /** As it is written, with its references. */
  readonly name: string;
  readonly action: 'map' | 'drop';
  readonly help: string | undefined;
  readonly honorLabels: boolean;
  readonly scale: number | undefined;
  /** Milliseconds after the last sample until a series is forgotten; 0: never. */
  readonly ttl: number;
  readonly observer: ObserverSettings;
}

/** A rule that a name matched, and what it makes of it. */
export interface Found {
  readonly rule: Rule;
  /** Rendered, not escaped; may be ''. */
  readonly name: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly captures: readonly string[];
}

/** A mapping file, ready to be asked. */
export interface Mapping {
  readonly rules: readonly Rule[];
  readonly defaults: {
    /** Milliseconds; 0: none. */
    readonly ttl: number;
    /** Undefined: the file does not say; the flags decide. */
    readonly observer: ObserverSettings | undefined;
  };
  /**
   * @param name the raw name, after name-tags were cut off
   * @returns the rule that decides, or undefined where none matches
   */
  find(kind: EventKind, name: string): Found | undefined;
}

/** Something about a mapping file that its author wants to know. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}
