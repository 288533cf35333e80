import type { Watching } from '../../src/webhook/metrics/cluster-metrics.ts';
import type { Observed } from '../../src/webhook/metrics/webhook-metrics.ts';

/** Of a webhook that watches nothing. */
export const watchingNothing: Watching = {
  caBundleSynced: () => undefined,
  clockAhead: () => undefined,
  authorityExpires: () => undefined,
  clientExpires: () => undefined,
  sources: () => [],
  missed: () => undefined,
};

/** What a page of metrics is made of, where a test does not care. */
export function observed(overrides: Partial<Observed> = {}): Observed {
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
