import { type KindName, kinds } from '../contract/names.ts';
import { mergePrefix, selfMetrics, selfPrefix } from '../contract/self-metrics.ts';
import type { MetricType } from '../exposition/metric/family.ts';
import { processFamilies } from '../exposition/process-families.ts';
import { ingestMetrics } from '../ingest/ingest-metrics.ts';
import { collectDuration, metrics as portMetrics, rangeMetrics, readErrors } from '../port-monitor/port-metrics.ts';
import { mergeMetrics } from '../scrape/merge-metrics.ts';
import { statsdMetrics } from '../statsd/counts/metric-table.ts';
import { metricPrefix, webhookMetrics } from '../webhook/metrics/metric-table.ts';
import type { Part, Reference } from './reference.ts';
import { code } from './table.ts';

/** Who tells the metric: the sidecar's process, whatever runs in it, a kind, or the webhook. */
export type Teller = 'sidecar' | 'process' | KindName | 'webhook';

/** What is known of one metric that the program tells of itself; a field of JSON each. */
export interface MetricEntry {
  readonly name: string;
  readonly type: MetricType;
  readonly of: Teller;
  readonly labels: readonly string[];
  readonly help: string;
}

type Row = Omit<MetricEntry, 'of'>;

const rows: Readonly<Record<Teller, readonly Row[]>> = {
  sidecar: [...prefixed(selfPrefix, selfMetrics), ...prefixed(mergePrefix.app, mergeMetrics)],
  process: prefixed(selfPrefix, processFamilies),
  statsd: statsdMetrics.map(({ name, type, help, labels }) => ({ name, type, help, labels })),
  ingest: Object.values(ingestMetrics).map(([name, type, help, labels]) => ({ name, type, help, labels })),
  'port-monitor': [
    ...portMetrics.map(({ name, type, help, labels }) => ({
      name,
      type,
      help,
      labels: labels.map(([label]) => label),
    })),
    ...Object.values(rangeMetrics).map(([name, help]) => ({ name, type: 'gauge' as const, help, labels: [] })),
    { name: readErrors[0], type: 'counter', help: readErrors[1], labels: readErrors[2] },
    { name: collectDuration[0], type: 'gauge', help: collectDuration[1], labels: [] },
  ],
  haproxy: prefixed(mergePrefix.haproxy, mergeMetrics),
  webhook: prefixed(metricPrefix, webhookMetrics),
};

const titles: Readonly<Record<Teller, string>> = {
  sidecar: "The sidecar's process",
  process: 'CPU, memory and file descriptors of the sidecar',
  ...(Object.fromEntries(kinds.map((kind) => [kind, kind])) as Record<KindName, string>),
  webhook: 'webhook',
};

const parts: readonly Part<MetricEntry>[] = (Object.keys(rows) as Teller[]).map((of) => ({
  id: of,
  title: titles[of],
  // A family has several rows where several files or address families feed it.
  entries: [...new Map(rows[of].map((row) => [row.name, { ...row, of }])).values()],
}));

const all = parts.flatMap(({ entries }) => entries);

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

/** Every metric that the program tells of itself. */
export const metricReference: Reference<MetricEntry> = {
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
      ['of', `${one.of}: ${titles[one.of]}`],
      ['labels', one.labels.join(', ') || 'none'],
      ...(one.type === 'histogram' ? ([['series', seriesOf(one).slice(1).join(', ')]] as const) : []),
    ],
  }),
};

/** The names that a metric has on a page, its own first. */
function seriesOf({ name, type }: MetricEntry): readonly string[] {
  return type === 'histogram' ? ['', '_bucket', '_sum', '_count'].map((end) => name + end) : [name];
}

function prefixed(prefix: string, table: Readonly<Record<string, Omit<Row, 'name'>>>): readonly Row[] {
  return Object.entries(table).map(([name, row]) => ({ name: prefix + name, ...row }));
}
