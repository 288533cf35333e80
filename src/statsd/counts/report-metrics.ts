import type { MetricStore } from '../../exposition/metric/metric-store.ts';
import type { MetricTable } from '../../exposition/own/metric-table.ts';
import { declareTable } from '../../exposition/own/own-series.ts';
import { kernelMetrics, type OwnSources, readMetrics } from './statsd-metrics.ts';

const owner = 'statsd/own';

/**
 * Declares the metrics of the runtime itself, so that no statsd line can take one of their names; series with labels
 * appear with their first event.
 *
 * @returns brings the series up to date.
 */
export function reportMetrics(store: MetricStore, sources: OwnSources): () => Promise<void> {
  const series = declareTable<MetricTable>(store, readMetrics, owner);
  const kernelSeries = declareTable(store, kernelMetrics, owner);
  return async () => {
    for (const [key, { read }] of Object.entries(readMetrics)) {
      for (const [value, ...labels] of read(sources)) series(key, ...labels)?.set(value);
    }
    const drops = await sources.kernelDrops();
    if (drops !== undefined) kernelSeries('udp_packet_drops_total')?.set(drops);
  };
}
