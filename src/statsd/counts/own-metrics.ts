import { labelled } from '../../exposition/metric/family.ts';
import type { Family, MetricStore } from '../../exposition/metric/metric-store.ts';
import { type Declaration, kernelDrops, type OwnMetric, type OwnSources, readMetrics } from './metric-table.ts';

const owner = 'statsd/own';

/**
 * Declares what the runtime says of itself. All families are declared at once, so that no statsd line can take one of
 * their names; series with labels appear with their first event.
 *
 * @returns brings the series up to date.
 */
export function ownMetrics(store: MetricStore, sources: OwnSources): () => Promise<void> {
  const metrics = readMetrics.map((metric) => ({ metric, family: declare(store, metric) }));
  const drops = declare(store, kernelDrops);
  return async () => {
    for (const { metric, family } of metrics) write(family, metric.labels, metric.read(sources));
    const lost = await sources.kernelDrops();
    if (lost !== undefined) write(drops, kernelDrops.labels, [[lost]]);
  };
}

function declare(store: MetricStore, { name, type, help }: Declaration): Family | undefined {
  const declared = store.family({ name, type, help, owner });
  return declared.ok ? declared.value : undefined;
}

function write(
  family: Family | undefined,
  labels: Declaration['labels'],
  reading: ReturnType<OwnMetric['read']>,
): void {
  for (const [value, ...values] of reading) {
    const series = family?.series(labelled(labels, values));
    if (series?.ok) series.value.set(value);
  }
}
