import type { MetricStore, StoreLimits } from '../../src/exposition/metric/metric-store.ts';
import { createStore } from '../../src/exposition/store.ts';
import { reportMetrics } from '../../src/statsd/counts/report-metrics.ts';
import { StatsdCounters } from '../../src/statsd/counts/statsd-counters.ts';
import { settleInto, UseCounts } from '../../src/statsd/counts/use-counts.ts';
import type { Mapping } from '../../src/statsd/mapping/mapping.ts';
import { expire } from '../../src/statsd/pipeline/expire.ts';
import type { LinePipeline } from '../../src/statsd/pipeline/line-pipeline.ts';
import { Routes } from '../../src/statsd/pipeline/name-routes.ts';
import { PackedLines } from '../../src/statsd/pipeline/packed-lines.ts';
import { remap } from '../../src/statsd/pipeline/remap.ts';
import { scan } from '../../src/statsd/pipeline/scan.ts';
import { messageSeries } from '../../src/statsd/series/message-series.ts';
import { objectivesFor } from '../../src/statsd/series/objective.ts';
import type { ObserverOptions } from '../../src/statsd/series/observer.ts';
import { SeriesAggregate } from '../../src/statsd/series/series-aggregate.ts';
import { Sets } from '../../src/statsd/series/sets.ts';
import { Scratch } from '../../src/statsd/series/sketch.ts';
import { FullFamilies } from '../../src/statsd/table/full-families.ts';
import { FullPage } from '../../src/statsd/table/full-page.ts';
import { LineTable } from '../../src/statsd/table/line-table.ts';
import { defaultOptions } from './line/line-options.ts';

export const summaries: ObserverOptions = {
  type: 'summary',
  quantiles: [0.5, 0.9, 0.99],
  summary: { objectives: objectivesFor([0.5, 0.9, 0.99]), maxAge: 600_000, ageBuckets: 5, scratch: new Scratch() },
};
export const histograms: ObserverOptions = { type: 'histogram', bounds: [0.1, 1, 10] };

/** The pipeline without sockets. */
export interface Direct {
  readonly pipeline: LinePipeline;
  readonly store: MetricStore;
  /** Processes a datagram as the UDP listener does. */
  take(datagram: Buffer | string): void;
  /** Puts another mapping to use. */
  use(mapping: Mapping): void;
  /** Lets time pass. */
  pass(milliseconds: number): void;
  /** The page, own metrics included. */
  page(format: 'text' | 'openmetrics'): Promise<string>;
}

/** The same, with sketches of its own: no other instance shares their memory. */
function observed(observer: ObserverOptions, scratch: Scratch): ObserverOptions {
  return observer.type === 'summary' ? { ...observer, summary: { ...observer.summary, scratch } } : observer;
}

/** @param known whether there is a line table; without it each line is read in full. */
export function direct(
  observer = summaries,
  limits: Partial<StoreLimits> = {},
  known = true,
  cacheSize = 1024,
): Direct {
  let time = 1_700_000_000_000;
  const now = () => time;
  const store = createStore({
    limits: {
      families: 1000,
      series: 5000,
      seriesPerFamily: 1000,
      labelsPerSeries: 30,
      labelValueBytes: 2048,
      ...limits,
    },
    now,
  });
  const uses = new UseCounts(time);
  const settle = settleInto(uses, defaultOptions, store);
  const table = new LineTable(known ? cacheSize : 0, 0x1234567, settle);
  const full = new FullFamilies(0x1234567, store.limits, settle);
  const fullPage = new FullPage(store, uses);
  const packed = new PackedLines();
  if (!known) packed.apart = () => 0;
  if (!known) fullPage.add = full.add = () => {};
  const sketches = new Scratch();
  const pipeline: LinePipeline = {
    table,
    full,
    fullPage,
    packed,
    sketches,
    routes: new Routes(observed(observer, sketches), sketches),
    aggregate: new SeriesAggregate(store),
    counters: new StatsdCounters(),
    uses,
    sets: new Sets(60_000),
    options: defaultOptions,
    expose: messageSeries(store),
    nameLimit: 1024,
  };
  const report = reportMetrics(store, { ...pipeline, kernelDrops: async () => undefined, mapping: () => undefined });
  return {
    pipeline,
    store,
    use: (mapping) => remap(pipeline, mapping, now()),
    pass(milliseconds) {
      time += milliseconds;
      expire(pipeline, time);
    },
    take(datagram) {
      pipeline.aggregate.now = now();
      const bytes = Buffer.concat([Buffer.from(datagram), Buffer.from('\n')]);
      scan(pipeline, bytes, 0, bytes.length, 2 ** 31 - 1);
    },
    async page(format) {
      pipeline.aggregate.collect(now());
      pipeline.sets.collect(store.values, now());
      await report();
      return store.render(format).toString();
    },
  };
}

const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);

/** The numbers of lines and samples without a counter; both are always 0. */
export function unaccounted({ counters }: LinePipeline): readonly [lines: number, samples: number] {
  const lines = counters.lines - counters.linesEmpty - counters.linesAccepted - sum(counters.lineErrors.values());
  const refused =
    sum(counters.sampleErrors.values()) +
    sum(counters.eventErrors.values()) +
    sum([...counters.conflicts.values()].map(({ count }) => count));
  return [
    lines,
    counters.samples -
      counters.counterSamples -
      counters.gaugeSamples -
      counters.observerSamples -
      counters.droppedSamples -
      refused,
  ];
}
