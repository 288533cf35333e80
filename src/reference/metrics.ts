import { mergePrefix } from '../contract/metric-prefixes.ts';
import type { KindName } from '../contract/names.ts';
import type { MetricTable, OwnMetric } from '../exposition/own/metric-table.ts';
import { kinds } from '../kinds/kinds.ts';
import { mergeMetrics } from '../scrape/merge-metrics.ts';
import { processMetrics } from '../sidecar/process-usage.ts';
import { selfMetrics } from '../sidecar/self-metrics.ts';
import { webhookMetrics } from '../webhook/metrics/webhook-metric-table.ts';
import type { Part, Reference } from './reference.ts';
import { code } from './table.ts';

/**
 * The part of the program that shows a metric: the sidecar's process, whichever kinds run in it, a kind, or the
 * webhook.
 */
export type MetricSource = 'sidecar' | 'process' | KindName | 'webhook';

/** A metric that the program shows of itself; a field of JSON each. */
export interface MetricEntry extends Pick<OwnMetric, 'name' | 'type' | 'labels' | 'help'> {
  readonly of: MetricSource;
}

interface Source {
  readonly of: MetricSource;
  readonly title: string;
  readonly tables: readonly MetricTable[];
}

/** All sources in the order of the docs. The tables of the kinds lie with their runtimes. */
async function sources(): Promise<readonly Source[]> {
  const ofKinds = kinds.map(async ({ name, metrics }) => ({ of: name, title: name, tables: [await metrics()] }));
  return [
    { of: 'sidecar', title: "The sidecar's process", tables: [selfMetrics, mergeMetrics(mergePrefix.app)] },
    { of: 'process', title: 'CPU, memory and file descriptors of the sidecar', tables: [processMetrics] },
    ...(await Promise.all(ofKinds)),
    { of: 'webhook', title: 'webhook', tables: [webhookMetrics] },
  ];
}

/**
 * Whether a text is made of these parts, with anything between them. Each is taken where it stands first, so nothing is
 * tried twice.
 */
function hasParts(text: string, [first = '', ...rest]: readonly string[]): boolean {
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    at = text.indexOf(part, at);
    if (at < 0) return false;
    at += part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/** Every metric that the program shows of itself. */
export async function metricReference(): Promise<Reference<MetricEntry>> {
  const parts = (await sources()).map(({ of, title, tables }) => ({
    id: of,
    title,
    entries: tables
      .flatMap((table) => Object.values(table))
      .map(({ name, type, labels, help }) => ({ name, type, labels, help, of })),
  }));
  return referenceOf(parts);
}

function referenceOf(parts: readonly Part<MetricEntry>[]): Reference<MetricEntry> {
  const all = parts.flatMap(({ entries }) => entries);
  return {
    name: 'metrics',
    one: 'metric',
    parts,
    words: all.map(({ name }) => name),
    /** By name, that of a histogram's part too; by a pattern with `*`; or by any part of the name. */
    find(word) {
      const named = all.filter((entry) => seriesOf(entry).includes(word));
      if (named.length > 0) return { how: 'one', entries: named };
      const pattern = (word.includes('*') ? word : `*${word}*`).toLowerCase().split(/\*+/);
      const some = all.filter(({ name }) => hasParts(name, pattern));
      return some.length === 0 ? { how: 'none' } : { how: 'some', entries: some };
    },
    columns: (some) => ({
      head: ['name', 'type', 'of', 'labels', 'what it says'],
      rows: some.map((one) => [one.name, one.type, one.of, one.labels.join(','), one.help]),
    }),
    markdown: (some) => ({
      head: ['Metric', 'Type', 'Labels', 'What it says'],
      rows: some.map((one) => [code(one.name), one.type, one.labels.map(code).join(', '), one.help]),
    }),
    whole: (one) => ({
      title: one.name,
      sentence: one.help,
      facts: [
        ['type', one.type],
        ['of', `${one.of}: ${parts.find(({ id }) => id === one.of)?.title ?? ''}`],
        ['labels', one.labels.join(', ') || 'none'],
        ...(one.type === 'histogram' ? ([['series', seriesOf(one).slice(1).join(', ')]] as const) : []),
      ],
    }),
  };
}

/** The names that a metric has on a page, its own first. */
function seriesOf({ name, type }: MetricEntry): readonly string[] {
  return type === 'histogram' ? ['', '_bucket', '_sum', '_count'].map((end) => name + end) : [name];
}
