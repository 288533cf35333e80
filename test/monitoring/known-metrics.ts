import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricTables } from '../../scripts/docs-metrics.ts';
import { prefix as selfPrefix } from '../../src/cli/self.ts';
import { processMetrics } from '../../src/exposition/process.ts';
import { createStore } from '../../src/exposition/store.ts';

/** Metrics of the API server (k8s.io/apiserver, admission/metrics) and of Prometheus. */
const others = {
  apiserver_admission_webhook_fail_open_count: 'counter',
  apiserver_admission_webhook_rejection_count: 'counter',
  apiserver_admission_webhook_admission_duration_seconds: 'histogram',
  up: 'gauge',
};

/** The families of a page of HAProxy 2.6; `npm run test:peer` finds those that are used on the page of the one that is there. */
export const haproxyFamilies: readonly string[] = readFileSync(
  join(import.meta.dirname, '../golden/monitoring/haproxy-families.txt'),
  'utf8',
)
  .trim()
  .split('\n');

/** Every metric that there is to ask for, as it stands on a page: a histogram's parts, not its name. */
export function knownMetrics(): ReadonlySet<string> {
  const families: [name: string, type: string][] = [
    ...metricTables.flatMap(({ rows }) => rows.map(({ name, type }): [string, string] => [name, type])),
    ...processFamilies().map((name): [string, string] => [name, 'gauge']),
    ...haproxyFamilies.map((name): [string, string] => [name, 'gauge']),
    ...Object.entries(others),
  ];
  return new Set(
    families.flatMap(([name, type]) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
    ),
  );
}

function processFamilies(): string[] {
  const limits = { families: 100, series: 100, seriesPerFamily: 100, labelsPerSeries: 10, labelValueBytes: 100 };
  const store = createStore({ limits, now: () => 0 });
  processMetrics(store, selfPrefix, 'test')();
  return [
    ...store
      .render('text')
      .toString()
      .matchAll(/^# TYPE (\S+)/gm),
  ].map(([, name]) => name!);
}
