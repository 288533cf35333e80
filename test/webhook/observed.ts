import type { WatchSources } from '../../src/webhook/metrics/cluster-metrics.ts';
import type { MetricSources } from '../../src/webhook/metrics/webhook-metrics.ts';

/** Of a webhook that watches nothing. */
export const watchingNothing: WatchSources = {
  caBundleSynced: () => undefined,
  clockAhead: () => undefined,
  authorityExpires: () => undefined,
  clientExpires: () => undefined,
  sources: () => [],
  missed: () => undefined,
};

/** What a page of metrics is made of, where a test does not care. */
export function observed(overrides: Partial<MetricSources> = {}): MetricSources {
  const connections = { open: () => 0, closed: { silent: 0, idle: 0, busy: 0 } };
  return {
    version: '1.2.3',
    inFlight: () => 0,
    ready: () => true,
    connections,
    watching: watchingNothing,
    ...overrides,
  };
}
