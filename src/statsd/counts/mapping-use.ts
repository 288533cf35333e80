import type { Mapping, Rule } from '../mapping/mapping.ts';
import type { FullFamilies } from '../table/full-families.ts';
import type { LineTable } from '../table/line-table.ts';
import type { StatsdCounters } from './statsd-counters.ts';
import type { UseCounts } from './use-counts.ts';

/** The most names without a rule in the list. */
const shownNames = 50;

/** A rule of the mapping in use, with its count. */
export interface RuleUse extends Pick<Rule, 'index' | 'line' | 'match' | 'matchType' | 'action' | 'name'> {
  /** Samples that it decided on, those that were refused afterwards too. */
  readonly hits: number;
}

/** A name that no rule matches. */
export interface UnmappedName {
  /** The raw name, without its tags. */
  readonly name: string;
  /** The least possible number of samples. */
  readonly count: number;
  /** The greatest possible number of samples; more than `count` only beyond some hundred different names. */
  readonly atMost: number;
}

/** A reason for which lines or samples were refused. */
export interface Reject {
  /** The value of the label `reason` of the counters. */
  readonly reason: string;
  readonly count: number;
  /** An example among the last such lines; a long one is cut. */
  readonly sample: string;
}

/** The counts of the mapping in use. */
export interface MappingUse {
  /**
   * The beginning of the counts of hits and names: the start, or the load of the mapping; milliseconds since the epoch.
   */
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
  const unmapped = uses.unmapped.top(shownNames).map(({ value: name, ...frequency }) => ({ name, ...frequency }));
  const rejects = [...rejections(counters)]
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => ({ reason, count, sample: uses.rejected(reason) }));
  return { since: uses.since, rules, unmapped, rejects };
}

/** The number of refusals by reason: lines and samples together where they share a reason. */
export function rejections(counters: StatsdCounters): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const { lineErrors, sampleErrors, eventErrors, conflictReasons } = counters;
  for (const [reason, count] of [...lineErrors, ...sampleErrors, ...eventErrors, ...conflictReasons]) {
    counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return counts;
}
