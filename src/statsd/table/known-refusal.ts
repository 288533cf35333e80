import type { Refusal } from '../../exposition/metric/family.ts';
import type { Conflict } from '../series/conflict.ts';

/** Classes of values that a refusal may be for; any other value is read in full. */
export const Value = {
  /** A decimal number without a minus, of so few digits that nothing that is made of it is infinite. */
  positive: 1,
  /** Such a number below zero. */
  negative: 2,
  /** ASCII that is no number and has no colon; it may be empty. */
  malformed: 4,
  number: 3,
  any: 7,
  /** A set's: any ASCII but nothing. */
  member: 8,
} as const;

/** Counters by reason that a refusal counts in. */
export type RefusalCounts = 'lineErrors' | 'sampleErrors' | 'eventErrors' | 'conflictReasons';

/** What a line brings on itself whatever its value is, as long as that is of one of these classes. */
export interface KnownRefusal {
  /** Of `Value`. */
  readonly values: number;
  readonly counts: RefusalCounts;
  readonly reason: string;
  /** Of `conflictReasons` alone: which names conflict. */
  readonly conflict: Conflict | undefined;
  /** The mapping was asked: a rule, or none, decided before. */
  readonly routed: boolean;
  /** Samples that a rule made a name for, or that no rule was found for, are counted beside the reason. */
  readonly beside: 'mappedRefused' | 'unmappedRefused' | undefined;
  /** The page refused it. */
  readonly page: PageRefusal | undefined;
  readonly tagErrors: number;
  readonly tagged: number;
  readonly sectionsIgnored: number;
}

/** A refusal of the page, and how long it is certain. */
export interface PageRefusal {
  readonly reason: Refusal;
  /** What was refused, as the page counts it; undefined: the escaped name of the line. */
  readonly name: string | undefined;
  /** Of the store: with another one there may be room. */
  readonly freed: number;
  /** Of the store, where another family may change the answer. */
  readonly names: number | undefined;
  /** Of the store, where anything that comes may change the answer. */
  readonly revision: number | undefined;
  /** Time series that there was no room for. */
  readonly lines: number;
}

/** The same for the same refusal. */
export function refusalKey(refusal: KnownRefusal): string {
  const { values, counts, reason, conflict, routed, beside, page, tagErrors, tagged, sectionsIgnored } = refusal;
  const own = [values, counts, reason, routed, beside, tagErrors, tagged, sectionsIgnored].join(' ');
  const names = conflict === undefined ? '' : `${conflict.kind} ${conflict.name}`;
  if (page === undefined) return `${own}\n${names}`;
  return `${own}\n${names}\n${page.freed} ${page.names} ${page.revision} ${page.lines} ${page.reason} ${page.name ?? ''}`;
}
