import type { Finding, ObserverSettings } from '../mapping/mapping.ts';

/** The rule that decided on a sample. */
export interface RuleExplanation {
  /** Place in the file, from 0. */
  readonly index: number;
  /** Line of the file where it begins, from 1. */
  readonly line: number;
  readonly match: string;
  readonly matchType: 'glob' | 'regex';
  readonly action: 'map' | 'drop';
  /** What `$1`, `$2` … stand for. */
  readonly captures: readonly string[];
}

/** A series that a sample goes to, as the page of a fresh sidecar would show it. Long names and values are cut here and below. */
export interface SeriesExplanation {
  /** Escaped. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'summary' | 'histogram';
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** Milliseconds after the last sample; 0: forever. */
  readonly ttl: number;
  /** Absent but for summaries and histograms. */
  readonly observer?: ObserverSettings;
}

/** What becomes of one sample of a line. */
export interface SampleExplanation {
  /** As it was sent: `1`, `+3`, `0x1p4`. */
  readonly value: string;
  /** As it was sent: `c`, `ms`, `h`, `d`, `g`, `s`. */
  readonly type: string;
  /** 1 where the line does not say. */
  readonly samplingFactor: number;
  readonly outcome: 'taken' | 'dropped' | 'refused';
  /** Of a refusal: the word that the counters use. */
  readonly reason?: string;
  /** One sentence: why it was refused or dropped, or what was changed on the way (scale, unit, a tag that a label of the rule replaced). */
  readonly notes: readonly string[];
  /** Absent where no rule matches. */
  readonly rule?: RuleExplanation;
  /** Absent where it was not taken. */
  readonly series?: SeriesExplanation;
}

/** What becomes of one line. */
export interface LineExplanation {
  readonly line: string;
  readonly outcome: 'empty' | 'refused' | 'event' | 'service_check' | 'samples';
  /** Of a refusal: the word that the counters use. */
  readonly reason?: string;
  /** One sentence each: the reason, or tags that were left out. */
  readonly notes: readonly string[];
  /** The raw name, without its tags; empty where there is none. */
  readonly name: string;
  /** The first hundred; a note says how many more there are. */
  readonly samples: readonly SampleExplanation[];
}

/** What a mapping and flags make of some lines. */
export interface Explanation {
  readonly lines: readonly LineExplanation[];
  /** The page that these lines alone give, text 0.0.4, without the sidecar's own metrics. */
  readonly page: string;
  /** Lines that were not looked at: there were too many. */
  readonly omitted: number;
  /** How often lines and samples were refused, by the words that the counters use; the most frequent first. */
  readonly refused: readonly { readonly reason: string; readonly count: number }[];
  /** Samples that no rule matches. */
  readonly unmapped: number;
  /** About the mapping; empty where there is none. */
  readonly findings: readonly Finding[];
  /** Why the mapping is not used: it has errors; the lines are explained without any. */
  readonly problem?: string;
}
