import type { statsdFlags } from '../../contract/statsd.ts';
import type { MetricStore } from '../../exposition/metric/metric-store.ts';
import type { Settings } from '../../flags/flag.ts';
import { StatsdCounters } from '../counts/statsd-counters.ts';
import { settleInto, UseCounts } from '../counts/use-counts.ts';
import { lineOptions } from '../line/line-options.ts';
import { observerFallback } from '../mapping/file/mapping-reader.ts';
import { observerSettings } from '../mapping/rules/observer-settings.ts';
import { messageSeries } from '../series/message-series.ts';
import { SeriesAggregate } from '../series/series-aggregate.ts';
import { Sets } from '../series/sets.ts';
import { Scratch } from '../series/sketch.ts';
import { FullFamilies } from '../table/full-families.ts';
import { FullPage } from '../table/full-page.ts';
import { LineTable } from '../table/line-table.ts';
import type { LinePipeline } from './line-pipeline.ts';
import { Routes } from './name-routes.ts';
import { observerOptions } from './observer-options.ts';
import { PackedLines } from './packed-lines.ts';

/** The least size of the line table, whatever the flag says: the lines that repeat within one datagram. */
const leastLines = 16;

/**
 * Makes a pipeline without a mapping.
 *
 * @param seed 32 secret bits.
 * @param now milliseconds since the epoch.
 * @param sketchBytes the memory of the quantiles of summaries, beyond which they save memory; absent: no limit.
 */
export function createPipeline(
  settings: Settings<typeof statsdFlags>,
  store: MetricStore,
  seed: number,
  now: number,
  sketchBytes?: number,
): LinePipeline {
  const scratch = new Scratch(sketchBytes);
  const options = lineOptions(settings);
  const uses = new UseCounts(now);
  const settle = settleInto(uses, options, store);
  return {
    table: new LineTable(Math.max(settings.cacheSize, leastLines), seed, settle),
    full: new FullFamilies(seed, store.limits, settle),
    fullPage: new FullPage(store, uses),
    packed: new PackedLines(),
    routes: new Routes(observerOptions(observerSettings({}, {}, observerFallback(settings)), scratch), scratch),
    sketches: scratch,
    aggregate: new SeriesAggregate(store),
    counters: new StatsdCounters(),
    uses,
    sets: new Sets(settings.setWindow),
    options,
    expose: settings.exposeEvents ? messageSeries(store) : undefined,
    nameLimit: settings.nameLimit,
  };
}
