import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricReference } from '../../src/reference/metrics.ts';
import { entriesOf } from '../../src/reference/reference.ts';

const ownMetrics = entriesOf(await metricReference());

/** Metrics of the API server (k8s.io/apiserver, admission/metrics) and of Prometheus. */
const others = {
  apiserver_admission_webhook_fail_open_count: 'counter',
  apiserver_admission_webhook_rejection_count: 'counter',
  apiserver_admission_webhook_admission_duration_seconds: 'histogram',
  up: 'gauge',
};

/**
 * The families of a page of HAProxy 2.6; `npm run test:peer` finds those that are used on the page of the one that is
 * there.
 */
export const haproxyFamilies: readonly string[] = readFileSync(
  join(import.meta.dirname, '../golden/monitoring/haproxy-families.txt'),
  'utf8',
)
  .trim()
  .split('\n');

/** Every metric that there is to ask for, as it stands on a page: a histogram's parts, not its name. */
export function knownMetrics(): ReadonlySet<string> {
  const families: [name: string, type: string][] = [
    ...ownMetrics.map(({ name, type }): [string, string] => [name, type]),
    ...haproxyFamilies.map((name): [string, string] => [name, 'gauge']),
    ...Object.entries(others),
  ];
  return new Set(
    families.flatMap(([name, type]) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
    ),
  );
}
