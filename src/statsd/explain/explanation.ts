import type { Finding, ObserverSettings } from '../mapping/mapping.ts';

/** The rule that decided on a sample. */
export interface RuleExplanation {
  /** Index in the file, from 0. */
  readonly index: number;
  /** The line of the file where the rule begins, from 1. */
  readonly line: number;
  readonly match: string;
  readonly matchType: 'glob' | 'regex';
  readonly action: 'map' | 'drop';
  /** The texts of `$1`, `$2` … */
  readonly captures: readonly string[];
}

/** The series of a sample, as on the page of a fresh sidecar. Long names and values are cut, here and below. */
export interface SeriesExplanation {
  /** Escaped. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'summary' | 'histogram';
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** Milliseconds from the last sample until it expires; 0: never. */
  readonly ttl: number;
  /** For summaries and histograms only. */
  readonly observer?: ObserverSettings;
}

/** The explanation of one sample of a line. */
export interface SampleExplanation {
  /** The raw value: `1`, `+3`, `0x1p4`. */
  readonly value: string;
  /** The raw type: `c`, `ms`, `h`, `d`, `g`, `s`. */
  readonly type: string;
  /** 1 where the line has none. */
  readonly samplingFactor: number;
  readonly outcome: 'taken' | 'dropped' | 'refused';
  /** The reason of a refusal, as in the counters. */
  readonly reason?: string;
  /**
   * The reason of a refusal or a drop, or a change on the way (scale, unit, a tag that a label of the rule replaced);
   * one sentence each.
   */
  readonly notes: readonly string[];
  /** Absent: no rule matches. */
  readonly rule?: RuleExplanation;
  /** Absent: the sample was not accepted. */
  readonly series?: SeriesExplanation;
}

/** The explanation of one line. */
export interface LineExplanation {
  readonly line: string;
  readonly outcome: 'empty' | 'refused' | 'event' | 'service_check' | 'samples';
  /** The reason of a refusal, as in the counters. */
  readonly reason?: string;
  /** The reason of a refusal, or omitted tags; one sentence each. */
  readonly notes: readonly string[];
  /** The raw name, without its tags; empty: there is none. */
  readonly name: string;
  /** The first hundred; a note says the number of the rest. */
  readonly samples: readonly SampleExplanation[];
}

/** The explanation of some lines with a mapping and flags. */
export interface Explanation {
  readonly lines: readonly LineExplanation[];
  /** The page with these lines alone, in text 0.0.4, without the own metrics of the sidecar. */
  readonly page: string;
  /** The number of lines beyond the limit. */
  readonly omitted: number;
  /** The number of refused lines and samples by reason, as in the counters; the most frequent first. */
  readonly refused: readonly { readonly reason: string; readonly count: number }[];
  /** The number of samples that no rule matches. */
  readonly unmapped: number;
  /** The findings of the mapping; empty: there is none. */
  readonly findings: readonly Finding[];
  /** The reason why the mapping is not used: it has errors; the lines are explained without it. */
  readonly problem?: string;
}
