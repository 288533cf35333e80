import type { MetricStore, StoreLimits } from '../../src/exposition/metric/metric-store.ts';
import { createStore } from '../../src/exposition/store.ts';
import { ownMetrics } from '../../src/statsd/counts/own-metrics.ts';
import { Tally } from '../../src/statsd/counts/statsd-counters.ts';
import { settleInto, UseCounts } from '../../src/statsd/counts/use-counts.ts';
import type { Mapping } from '../../src/statsd/mapping/mapping.ts';
import { expire } from '../../src/statsd/pipeline/expire.ts';
import type { Intake } from '../../src/statsd/pipeline/line-pipeline.ts';
import { Packed } from '../../src/statsd/pipeline/packed-lines.ts';
import { remap } from '../../src/statsd/pipeline/remap.ts';
import { Routes } from '../../src/statsd/pipeline/routes.ts';
import { scan } from '../../src/statsd/pipeline/scan.ts';
import { messageSeries } from '../../src/statsd/series/message-series.ts';
import { objectivesFor } from '../../src/statsd/series/objective.ts';
import type { ObserverOptions } from '../../src/statsd/series/observer.ts';
import { Aggregate } from '../../src/statsd/series/series-aggregate.ts';
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

/** The packet's way without sockets. */
export interface Direct {
  readonly intake: Intake;
  readonly store: MetricStore;
  /** Takes in a datagram as the UDP listener does. */
  take(datagram: Buffer | string): void;
  /** Goes by another mapping from now on. */
  use(mapping: Mapping): void;
  /** Lets time pass. */
  pass(milliseconds: number): void;
  /** The page, own metrics included. */
  page(format: 'text' | 'openmetrics'): Promise<string>;
}

/** The same, with what its sketches share: no other instance changes it. */
function observed(observer: ObserverOptions, scratch: Scratch): ObserverOptions {
  return observer.type === 'summary' ? { ...observer, summary: { ...observer.summary, scratch } } : observer;
}

/** @param known whether lines are remembered; without, each is read in full. */
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
  const packed = new Packed();
  if (!known) packed.apart = () => 0;
  if (!known) fullPage.add = full.add = () => {};
  const sketches = new Scratch();
  const intake: Intake = {
    table,
    full,
    fullPage,
    packed,
    sketches,
    routes: new Routes(observed(observer, sketches), sketches),
    aggregate: new Aggregate(store),
    tally: new Tally(),
    uses,
    sets: new Sets(60_000),
    options: defaultOptions,
    expose: messageSeries(store),
    nameLimit: 1024,
  };
  const report = ownMetrics(store, { ...intake, kernelDrops: async () => undefined, mapping: () => undefined });
  return {
    intake,
    store,
    use: (mapping) => remap(intake, mapping, now()),
    pass(milliseconds) {
      time += milliseconds;
      expire(intake, time);
    },
    take(datagram) {
      intake.aggregate.now = now();
      const bytes = Buffer.concat([Buffer.from(datagram), Buffer.from('\n')]);
      scan(intake, bytes, 0, bytes.length, 2 ** 31 - 1);
    },
    async page(format) {
      intake.aggregate.collect(now());
      intake.sets.collect(store.values, now());
      await report();
      return store.render(format).toString();
    },
  };
}

const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);

/** What is not accounted for: lines, then samples; both 0 at all times. */
export function unaccounted({ tally }: Intake): readonly [lines: number, samples: number] {
  const lines = tally.lines - tally.linesEmpty - tally.linesAccepted - sum(tally.lineErrors.values());
  const refused =
    sum(tally.sampleErrors.values()) +
    sum(tally.eventErrors.values()) +
    sum([...tally.conflicts.values()].map(({ count }) => count));
  return [lines, tally.samples - tally.counters - tally.gauges - tally.observers - tally.dropped - refused];
}
