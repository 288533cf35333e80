import type { ForeignSample, MergedFamily } from '../foreign/merge-families.ts';
import { foreignLine } from '../foreign/merge-families.ts';
import type { Format, MetricType } from '../metric/family.ts';
import type { OpenMetricsHead } from '../metric/metric-names.ts';
import { claimedNames, openMetricsHead } from '../metric/metric-names.ts';
import { headerText } from './family-header.ts';
import type { PageEntry } from './page-parts.ts';

const noBytes = Buffer.alloc(0);

function typeOf({ record, foreign }: MergedFamily): MetricType {
  return (record ?? foreign)?.type ?? 'unknown';
}

function lineHeads(name: string, type: MetricType): readonly Buffer[] {
  if (type === 'histogram') return [`${name}_bucket`, `${name}_sum`, `${name}_count`].map((head) => Buffer.from(head));
  if (type === 'summary') return [name, `${name}_sum`, `${name}_count`].map((head) => Buffer.from(head));
  return [];
}

function foreignBytes(samples: readonly ForeignSample[], format: Format): Buffer {
  return samples.length === 0 ? noBytes : Buffer.from(samples.map((sample) => foreignLine(sample, format)).join(''));
}

function entry(
  family: MergedFamily,
  head: OpenMetricsHead,
  samples: readonly ForeignSample[],
  format: Format,
): PageEntry {
  const { record, foreign } = family;
  const type = typeOf(family);
  const spec = record?.spec ?? foreign;
  const header = { name: head.name, type: head.type, help: spec?.help ?? '', unit: spec?.unit };
  return {
    header: Buffer.from(headerText(header, format)),
    heads: record === undefined ? [] : lineHeads(family.name, type),
    foreign: foreignBytes(samples, format),
    ...(record === undefined ? {} : { record }),
    ...(head.created === undefined ? {} : { created: Buffer.from(head.created) }),
  };
}

/** Text 0.0.4 has no `_created`: it would be read as a family of its own. */
function planText(families: readonly MergedFamily[]): readonly PageEntry[] {
  return families.map((family) => {
    const type = typeOf(family);
    const names = new Set(claimedNames(family.name, type));
    if (type === 'histogram' || type === 'summary') names.delete(`${family.name}_created`);
    const samples = family.samples.filter((sample) => names.has(sample.name));
    return entry(family, { name: family.name, type }, samples, 'text');
  });
}

/**
 * Client libraries show `_created` in text 0.0.4 as gauges of their own. In OpenMetrics these samples belong to the
 * family whose time of creation they are.
 */
function foldCreated(
  families: readonly MergedFamily[],
  heads: ReadonlyMap<string, OpenMetricsHead>,
): ReadonlyMap<string, readonly ForeignSample[]> {
  const byCreated = new Map<string, MergedFamily>();
  for (const family of families) {
    const created = heads.get(family.name)?.created;
    if (created !== undefined && family.record === undefined) byCreated.set(created, family);
  }
  const folded = new Map<string, readonly ForeignSample[]>();
  for (const family of families) {
    const base = byCreated.get(family.name);
    if (base === undefined || base === family || family.record !== undefined) continue;
    const lines = new Set(base.samples.map((sample) => sample.name + sample.labels));
    const fresh = family.samples.filter((sample) => !lines.has(sample.name + sample.labels));
    folded.set(base.name, [...base.samples, ...fresh]);
    folded.set(family.name, []);
  }
  return folded;
}

function isForeignCreated(family: MergedFamily | undefined): boolean {
  return (
    family !== undefined &&
    family.record === undefined &&
    family.name.endsWith('_created') &&
    family.foreign?.type === 'gauge'
  );
}

function openMetricsHeads(families: readonly MergedFamily[]): ReadonlyMap<string, OpenMetricsHead> {
  const claims = new Map<string, MergedFamily>();
  for (const family of families) for (const name of claimedNames(family.name, typeOf(family))) claims.set(name, family);
  const heads = new Map<string, OpenMetricsHead>();
  const assigned = new Set<string>();
  for (const family of families) {
    const ownCreated = family.record === undefined ? family.name.replace(/_total$/, '_created') : undefined;
    const isTaken = (name: string) =>
      assigned.has(name) || (claims.has(name) && !(name === ownCreated && isForeignCreated(claims.get(name))));
    const head = openMetricsHead(family.name, typeOf(family), isTaken);
    heads.set(family.name, head);
    // A header with the family's own name is in `claims`; the others go to the first family that needs them.
    if (head.name !== family.name) assigned.add(head.name);
    if (head.created !== undefined) assigned.add(head.created);
  }
  return heads;
}

function planOpenMetrics(families: readonly MergedFamily[]): readonly PageEntry[] {
  const heads = openMetricsHeads(families);
  const folded = foldCreated(families, heads);
  return families.map((family) => {
    const head = heads.get(family.name) ?? { name: family.name, type: 'unknown' };
    const names = new Set([...claimedNames(family.name, typeOf(family)), head.created]);
    const samples = (folded.get(family.name) ?? family.samples).filter((sample) => names.has(sample.name));
    return entry(family, head, samples, 'openmetrics');
  });
}

const openmetricsEnd: PageEntry = { header: noBytes, heads: [], foreign: Buffer.from('# EOF\n') };

/** The entries of a page in `format`: all of it except the numbers of our own series. */
export function planPage(families: readonly MergedFamily[], format: Format): readonly PageEntry[] {
  return format === 'text' ? planText(families) : [...planOpenMetrics(families), openmetricsEnd];
}
