import type { Format, Labels } from '../metric/family.ts';
import { escapeValue, isSorted, labelKey, unlimitedLabels } from '../metric/labels.ts';
import {
  claimedNames,
  isLabelName,
  isMetricName,
  isReservedName,
  ownLabel,
  sampleNames,
} from '../metric/metric-names.ts';
import type { ParsedFamily, ParsedSample } from '../metric/parsed-page.ts';
import { formatBound, formatNumber } from '../metric/sample-number.ts';
import type { FamilyRecord } from '../store/family-record.ts';
import { parseNumber } from './sample-line.ts';

/** One family of the merged page: ours, a foreign one, or ours with foreign samples. */
export interface MergedFamily {
  readonly name: string;
  readonly record?: FamilyRecord;
  /** The header of the family where it is not ours. */
  readonly foreign?: ParsedFamily;
  readonly samples: readonly ForeignSample[];
}

/** A foreign sample on the page. */
export interface ForeignSample {
  readonly name: string;
  /** The labels of its series, without `le` or `quantile`. */
  readonly series: string;
  /** `{a="x",le="0.5"}`, or nothing. */
  readonly labels: string;
  readonly value: number;
  readonly timestamp: number | undefined;
}

export interface Merged {
  /** Sorted by name. */
  readonly families: readonly MergedFamily[];
  /** Samples left out, by source. */
  readonly dropped: ReadonlyMap<string, number>;
}

interface Draft {
  readonly name: string;
  readonly record?: FamilyRecord;
  readonly foreign?: ParsedFamily;
  readonly samples: ForeignSample[];
  /** The source that was added last. */
  source: string | undefined;
  /** The lines so far. */
  readonly lines: Set<string>;
}

function compareNames(a: Draft, b: Draft): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** The labels of a sample: sorted, as the key of its series, and as text on the page. */
interface Identity {
  readonly sorted: Labels;
  readonly series: string;
  readonly labels: string;
}

/** The identity of a sample; undefined where its labels are invalid. */
function identify(sample: ParsedSample, own: string | undefined): Identity | undefined {
  const sorted = isSorted(sample.labels) ? sample.labels : sample.labels.toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (!isSorted(sorted)) return undefined;
  let block = '';
  let bound: string | undefined;
  for (const [name, value] of sorted) {
    if (!isLabelName(name) || name.startsWith('__')) return undefined;
    if (name === own) bound = value;
    else if (value !== '') block += `${block === '' ? '{' : ','}${name}="${escapeValue(value.toWellFormed())}"`;
  }
  if (bound === undefined) return { sorted, series: block, labels: block === '' ? '' : `${block}}` };
  const number = parseNumber(bound);
  if (number === undefined || Number.isNaN(number)) return undefined;
  const labels = `${block === '' ? '{' : `${block},`}${own}="${formatBound(number)}"}`;
  return { sorted, series: block, labels };
}

/** Whether our own family has the series already. */
function isOurs({ record }: Draft, { sorted }: Identity, own: string | undefined): boolean {
  if (record === undefined) return false;
  // The labels of foreign pages are bounded where the pages are parsed.
  const key = labelKey(own === undefined ? sorted : sorted.filter(([name]) => name !== own), unlimitedLabels);
  return !key.ok || record.cells.has(key.value);
}

/** Adds the samples of a source to the draft. @returns how many had to be left out */
function addSamples(draft: Draft, source: string, family: ParsedFamily): number {
  const names = new Set([...claimedNames(family.name, family.type), createdName(family)]);
  const own = ownLabel(family.type);
  const others = new Set(draft.source === source ? [] : draft.samples.map(({ series }) => series));
  draft.source = source;
  let dropped = 0;
  for (const sample of family.samples) {
    const identity = names.has(sample.name) ? identify(sample, own) : undefined;
    if (identity === undefined || others.has(identity.series) || isOurs(draft, identity, own)) {
      dropped++;
      continue;
    }
    const line = sample.name + identity.labels;
    if (draft.lines.has(line)) {
      dropped++;
      continue;
    }
    draft.lines.add(line);
    const { series, labels } = identity;
    draft.samples.push({ name: sample.name, series, labels, value: sample.value, timestamp: sample.timestamp });
  }
  return dropped;
}

function createdName(family: ParsedFamily): string {
  return family.type === 'counter' && family.name.endsWith('_total')
    ? `${family.name.slice(0, -6)}_created`
    : family.name;
}

/**
 * Puts the pages of other programs beside our families: one header a family, no sample twice, no name that two families
 * need. What stands on the page already wins: our own, then the sources in the order of their names.
 *
 * @param claims our family of each name on a page
 */
export function mergeFamilies(
  records: Iterable<FamilyRecord>,
  claims: ReadonlyMap<string, string>,
  foreign: ReadonlyMap<string, readonly ParsedFamily[]>,
): Merged {
  const drafts = new Map<string, Draft>();
  const foreignClaims = new Map<string, string>();
  const dropped = new Map<string, number>();
  for (const record of records) {
    drafts.set(record.name, { name: record.name, record, samples: [], source: undefined, lines: new Set() });
  }
  for (const source of [...foreign.keys()].sort()) {
    let lost = 0;
    for (const family of foreign.get(source) ?? []) {
      const draft = draftFor(family, drafts, claims, foreignClaims);
      lost += draft === undefined ? family.samples.length : addSamples(draft, source, family);
    }
    dropped.set(source, lost);
  }
  return { families: [...drafts.values()].sort(compareNames), dropped };
}

function draftFor(
  family: ParsedFamily,
  drafts: Map<string, Draft>,
  claims: ReadonlyMap<string, string>,
  foreignClaims: Map<string, string>,
): Draft | undefined {
  const existing = drafts.get(family.name);
  if (existing !== undefined) return (existing.record ?? existing.foreign)?.type === family.type ? existing : undefined;
  const names = sampleNames(family.name, family.type);
  if (!isMetricName(family.name) || isReservedName(family.name) || names.some((name) => foreignClaims.has(name)))
    return undefined;
  if (claimedNames(family.name, family.type).some((name) => claims.has(name))) return undefined;
  for (const name of names) foreignClaims.set(name, family.name);
  const draft: Draft = { name: family.name, foreign: family, samples: [], source: undefined, lines: new Set() };
  drafts.set(family.name, draft);
  return draft;
}

/** The line of a foreign sample; timestamps are milliseconds in text 0.0.4 and seconds in OpenMetrics. */
export function foreignLine({ name, labels, value, timestamp }: ForeignSample, format: Format): string {
  const time = timestamp === undefined ? '' : ` ${formatNumber(format === 'text' ? timestamp : timestamp / 1000)}`;
  return `${name}${labels} ${formatNumber(value)}${time}\n`;
}
