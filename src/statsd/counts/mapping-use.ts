import type { Mapping, Rule } from '../mapping/mapping.ts';
import type { FullFamilies } from '../table/full-families.ts';
import type { LineTable } from '../table/line-table.ts';
import type { StatsdCounters } from './statsd-counters.ts';
import type { UseCounts } from './use-counts.ts';

/** Names without a rule that are shown. */
const SHOWN_NAMES = 50;

/** A rule of the mapping in use, and how often it decided. */
export interface RuleUse extends Pick<Rule, 'index' | 'line' | 'match' | 'matchType' | 'action' | 'name'> {
  /** Samples that it decided on, those that were refused afterwards too. */
  readonly hits: number;
}

/** A name that no rule matches. */
export interface UnmappedName {
  /** As it was sent, without its tags. */
  readonly name: string;
  /** Samples at least. */
  readonly count: number;
  /** Samples at most; more than `count` only beyond some hundred different names. */
  readonly atMost: number;
}

/** Why lines or samples were refused. */
export interface Reject {
  /** The word that the counters use. */
  readonly reason: string;
  readonly count: number;
  /** One of the last such lines; a long one cut. */
  readonly sample: string;
}

/** What the mapping in use does. */
export interface MappingUse {
  /** Since when hits and unmapped names are counted: the start, or the load of the mapping; milliseconds since the epoch. */
  readonly since: number;
  /** In the order of the file; empty where there is no mapping. */
  readonly rules: readonly RuleUse[];
  /** The most frequent first. */
  readonly unmapped: readonly UnmappedName[];
  /** Since the start, the most frequent first. */
  readonly rejects: readonly Reject[];
}

/** Where the counts of the mapping in use are kept. */
export interface MappingUseSources {
  readonly table: LineTable;
  readonly full: FullFamilies;
  readonly routes: { readonly mapping: Mapping | undefined };
  readonly uses: UseCounts;
  readonly counters: StatsdCounters;
}

/** The use of the mapping, as it is counted now. */
export function mappingUse({ table, full, routes, uses, counters }: MappingUseSources): MappingUse {
  table.settle();
  full.settle();
  const rules = (routes.mapping?.rules ?? []).map(({ index, line, match, matchType, action, name }) => ({
    ...{ index, line, match, matchType, action, name },
    hits: uses.hitsOf(index),
  }));
  const unmapped = uses.unmapped.top(SHOWN_NAMES).map(({ value: name, ...frequency }) => ({ name, ...frequency }));
  const rejects = [...rejections(counters)]
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => ({ reason, count, sample: uses.rejected(reason) }));
  return { since: uses.since, rules, unmapped, rejects };
}

/** How often each reason was: of lines, of samples, and of both where they share a word. */
export function rejections(counters: StatsdCounters): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const { lineErrors, sampleErrors, eventErrors, conflictReasons } = counters;
  for (const [reason, count] of [...lineErrors, ...sampleErrors, ...eventErrors, ...conflictReasons]) {
    counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return counts;
}
