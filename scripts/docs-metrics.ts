/** What each part tells of itself, asked of the code that declares it. */
import { selfMetrics, prefix as selfPrefix } from '../src/cli/self.ts';
import type { FamilySpec } from '../src/exposition/family.ts';
import type { MetricStore } from '../src/exposition/metric-store.ts';
import { createStore } from '../src/exposition/store.ts';
import { createOwnMetrics as ingestMetrics } from '../src/ingest/own-metrics.ts';
import { collectDuration, metrics as portMetrics, rangeMetrics, readErrors } from '../src/port-monitor/metrics.ts';
import { createPageMerge } from '../src/scrape/merge-page.ts';
import { ownMetrics as statsdMetrics } from '../src/statsd/own-metrics.ts';
import { createMetrics as webhookMetrics } from '../src/webhook/metrics.ts';

export interface MetricRow {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

const limits = { families: 1000, series: 1000, seriesPerFamily: 1000, labelsPerSeries: 10, labelValueBytes: 100 };

/** The families that `declare` declares in a store. */
function declared(declare: (store: MetricStore) => void): MetricRow[] {
  const rows: FamilySpec[] = [];
  const store = createStore({ limits, now: () => 0 });
  const family = (spec: FamilySpec) => {
    rows.push(spec);
    return store.family(spec);
  };
  declare(Object.create(store, { family: { value: family } }) as MetricStore);
  return rows;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const merged = (ownPrefix: string) => (store: MetricStore) =>
  void createPageMerge({
    ...{ source: 'docs', url: 'http://127.0.0.1/', ownPrefix, store, log: silent, now: () => 0 },
    limits: { bytes: 1, samples: 1, families: 1, labelsPerSeries: 1, labelValueBytes: 1 },
  }).close();

const portRows: MetricRow[] = [
  ...portMetrics,
  ...Object.values(rangeMetrics).map(([name, help]) => ({ name, type: 'gauge', help })),
  { name: readErrors[0], type: 'counter', help: readErrors[1] },
  { name: collectDuration[0], type: 'gauge', help: collectDuration[1] },
];

async function webhookRows(): Promise<MetricRow[]> {
  const watching = {
    caBundleSynced: () => undefined,
    authorityExpires: () => undefined,
    sources: () => [],
    missed: () => undefined,
  };
  const page = await webhookMetrics({ version: 'docs', inFlight: () => 0, ready: () => true, watching }).page();
  return [...page.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)].map(([, name, help, type]) => ({
    name: name!,
    help: help!,
    type: type!,
  }));
}

/** One row a name: a family has several series where several files or address families feed it. */
function unique(rows: readonly MetricRow[]): MetricRow[] {
  return [...new Map(rows.map((row) => [row.name, row])).values()];
}

export const metricTables: readonly { readonly mark: string; readonly rows: readonly MetricRow[] }[] = [
  {
    mark: 'sidecar',
    rows: [
      ...Object.entries(selfMetrics).map(([name, { type, help }]) => ({ name: selfPrefix + name, type, help })),
      ...declared(merged(`${selfPrefix}app`)),
    ],
  },
  { mark: 'statsd', rows: declared((store) => void statsdMetrics(store, {} as never)) },
  { mark: 'ingest', rows: declared(ingestMetrics) },
  { mark: 'port-monitor', rows: unique(portRows) },
  { mark: 'haproxy', rows: declared(merged('haproxy_sidecar')) },
  { mark: 'webhook', rows: await webhookRows() },
];
