import { mergePrefix, selfMetrics, selfPrefix } from '../contract/self-metrics.ts';
import { labelled } from '../exposition/metric/family.ts';
import type { MetricStore } from '../exposition/metric/metric-store.ts';
import { processMetrics } from '../exposition/process-families.ts';
import type { SidecarSettings } from '../kinds/command.ts';
import type { MakeRoom } from '../memory/make-room.ts';
import type { ConnectionGuard } from '../net/connections.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { version } from '../runtime/version.ts';
import { createPageMerge, type PageMerge } from '../scrape/merge-page.ts';
import type { ScrapePage } from '../scrape/scrape-page.ts';

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
  const refreshProcess = processMetrics(store, selfPrefix, owner);
  const merge = appMerge(settings, context);
  const declare = (name: keyof typeof selfMetrics) => {
    const { type, help } = selfMetrics[name];
    return store.family({ name: selfPrefix + name, type, help, owner });
  };
  const set = (name: keyof typeof selfMetrics, value: number, ...values: string[]) => {
    const family = declare(name);
    const series = family.ok ? family.value.series(labelled(selfMetrics[name].labels, values)) : family;
    if (series.ok) series.value.set(value);
  };
  // All at once, before anything comes in that could take their names.
  for (const name of Object.keys(selfMetrics) as (keyof typeof selfMetrics)[]) declare(name);
  set('build_info', 1, version);
  set('series_limit', settings.limitSeries);
  if (settings.limitBytes !== undefined) set('bytes_limit', settings.limitBytes);

  return {
    kind: 'sidecar',
    async collect(deadline) {
      refreshProcess();
      set('series', store.seriesCount);
      set('bytes', store.bytes);
      for (const [reason, count] of store.refused()) set('refused_total', count, reason);
      for (const [source, count] of store.foreignDropped()) set('merge_dropped_samples', count, source);
      set('connections', connections.open());
      for (const [doing, n] of Object.entries(connections.closed)) set('connections_closed_total', n, doing);
      const { scrapes, refused, lastDurationSeconds, lastBytes, collect } = page.stats();
      set('scrapes_refused_total', refused);
      for (const [key, count] of scrapes) set('scrapes_total', count, ...key.split(' '));
      set('samples_unscraped', page.seen.unscraped());
      set('scrape_duration_seconds', lastDurationSeconds);
      set('scrape_bytes', lastBytes);
      for (const [kind, count] of collect.failed) set('collect_failures_total', count, kind, 'error');
      for (const [kind, count] of collect.late) set('collect_failures_total', count, kind, 'late');
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
