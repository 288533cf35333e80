import type { Refusal } from '../../exposition/metric/family.ts';
import type { Conflict } from '../series/conflict.ts';

/** Classes of values that a refusal covers; a line with any other value is read in full. */
export const Value = {
  /** A decimal number without a minus, with so few digits that no product of it is infinite. */
  positive: 1,
  /** Such a number below zero. */
  negative: 2,
  /** ASCII without a colon that is not a number; may be empty. */
  malformed: 4,
  number: 3,
  any: 7,
  /** The member of a set: ASCII, not empty. */
  member: 8,
} as const;

/** The counters by reason that a refusal can count in. */
export type RefusalCounts = 'lineErrors' | 'sampleErrors' | 'eventErrors' | 'conflictReasons';

/** The refusal of a line for every value of some classes. */
export interface KnownRefusal {
  /** Bits of `Value`. */
  readonly values: number;
  readonly counts: RefusalCounts;
  readonly reason: string;
  /** For `conflictReasons` only: the names in conflict. */
  readonly conflict: Conflict | undefined;
  /** The mapping had decided before: a rule matched, or none. */
  readonly routed: boolean;
  /** The counter of refused samples whose name a rule made, or that no rule matched; counted beside the reason. */
  readonly beside: 'mappedRefused' | 'unmappedRefused' | undefined;
  /** Set where the page refused the line. */
  readonly page: PageRefusal | undefined;
  readonly tagErrors: number;
  readonly tagged: number;
  readonly sectionsIgnored: number;
}

/** A refusal by the page, and the state of the store for which it is certain. */
export interface PageRefusal {
  readonly reason: Refusal;
  /** The refused name as the page counts it; undefined: the escaped name of the line. */
  readonly name: string | undefined;
  /** `freed` of the store: with another value there may be room. */
  readonly freed: number;
  /** `names` of the store, where another family may change the answer. */
  readonly names: number | undefined;
  /** `revision` of the store, where any new series may change the answer. */
  readonly revision: number | undefined;
  /** The number of time series that had no room. */
  readonly lines: number;
}

/** A key that equal refusals share. */
export function refusalKey(refusal: KnownRefusal): string {
  const { values, counts, reason, conflict, routed, beside, page, tagErrors, tagged, sectionsIgnored } = refusal;
  const own = [values, counts, reason, routed, beside, tagErrors, tagged, sectionsIgnored].join(' ');
  const names = conflict === undefined ? '' : `${conflict.kind} ${conflict.name}`;
  if (page === undefined) return `${own}\n${names}`;
  return `${own}\n${names}\n${page.freed} ${page.names} ${page.revision} ${page.lines} ${page.reason} ${page.name ?? ''}`;
}
