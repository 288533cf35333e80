import { mergePrefix } from '../contract/metric-prefixes.ts';
import type { MetricStore } from '../exposition/metric/metric-store.ts';
import { declareTable } from '../exposition/own/own-series.ts';
import type { SidecarSettings } from '../kinds/command.ts';
import type { MakeRoom } from '../memory/make-room.ts';
import type { ConnectionGuard } from '../net/connections.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { version } from '../runtime/version.ts';
import { createPageMerge, type PageMerge } from '../scrape/merge-page.ts';
import type { ScrapePage } from '../scrape/scrape-page.ts';
import { reportProcess } from './process-usage.ts';
import { selfMetrics } from './self-metrics.ts';

const owner = 'sidecar/own';

export interface SelfContext {
  readonly store: MetricStore;
  readonly log: Logger;
  readonly now: () => number;
  readonly page: ScrapePage;
  readonly connections: ConnectionGuard;
  readonly makeRoom: MakeRoom;
}

/** The process as a runtime of its own: its metrics, and the application's page where it is to be merged. */
export function startSelf(settings: SidecarSettings, context: SelfContext): Runtime {
  const { store, page, connections } = context;
  const refreshProcess = reportProcess(store, owner);
  const series = declareTable(store, selfMetrics, owner);
  const merge = appMerge(settings, context);
  series('build_info', version)?.set(1);
  series('series_limit')?.set(settings.limitSeries);
  if (settings.limitBytes !== undefined) series('bytes_limit')?.set(settings.limitBytes);

  return {
    kind: 'sidecar',
    async collect(deadline) {
      refreshProcess();
      series('series')?.set(store.seriesCount);
      series('bytes')?.set(store.bytes);
      for (const [reason, count] of store.refused()) series('refused_total', reason)?.set(count);
      for (const [source, count] of store.foreignDropped()) series('merge_dropped_samples', source)?.set(count);
      series('connections')?.set(connections.open());
      for (const [doing, n] of Object.entries(connections.closed)) series('connections_closed_total', doing)?.set(n);
      const { scrapes, refused, lastDurationSeconds, lastBytes, collect } = page.stats();
      series('scrapes_refused_total')?.set(refused);
      for (const [key, count] of scrapes) {
        const [format = '', encoding = ''] = key.split(' ');
        series('scrapes_total', format, encoding)?.set(count);
      }
      series('samples_unscraped')?.set(page.scrapedSamples.unscraped());
      series('scrape_duration_seconds')?.set(lastDurationSeconds);
      series('scrape_bytes')?.set(lastBytes);
      for (const [kind, count] of collect.failed) series('collect_failures_total', kind, 'error')?.set(count);
      for (const [kind, count] of collect.late) series('collect_failures_total', kind, 'late')?.set(count);
      await merge?.collect(deadline);
    },
    landing: () => [],
    async stop() {
      merge?.close();
    },
  };
}

function appMerge(settings: SidecarSettings, { store, log, now, makeRoom }: SelfContext): PageMerge | undefined {
  if (settings.mergeAppUrl === undefined) return undefined;
  return createPageMerge({
    source: 'app',
    url: settings.mergeAppUrl,
    limits: {
      bytes: settings.mergeMaxBytes,
      samples: settings.limitSeries,
      families: settings.limitFamilies,
      // The page of before is held until the next one is read.
      ...(settings.limitBytes !== undefined && { memory: settings.limitBytes / 3 }),
      labelsPerSeries: settings.limitLabels,
      labelValueBytes: settings.limitLabelValue,
    },
    store,
    makeRoom,
    ownPrefix: mergePrefix.app,
    log,
    now,
  });
}
