import type { MetricStore, StoreLimits } from '../../src/exposition/metric-store.ts';
import { createStore } from '../../src/exposition/store.ts';
import { Aggregate, type ObserverOptions } from '../../src/statsd/aggregate.ts';
import type { Intake } from '../../src/statsd/intake.ts';
import { ownMetrics } from '../../src/statsd/own-metrics.ts';
import { scan } from '../../src/statsd/scan.ts';
import { Scratch } from '../../src/statsd/sketch.ts';
import { objectivesFor } from '../../src/statsd/summary.ts';
import { LineTable } from '../../src/statsd/table.ts';
import { Tally } from '../../src/statsd/tally.ts';

export const summaries: ObserverOptions = {
  type: 'summary',
  summary: { objectives: objectivesFor([0.5, 0.9, 0.99]), maxAge: 600_000, ageBuckets: 5, scratch: new Scratch() },
};
export const histograms: ObserverOptions = { type: 'histogram', bounds: [0.1, 1, 10] };

/** The packet's way without sockets. */
export interface Direct {
  readonly intake: Intake;
  readonly store: MetricStore;
  /** Takes in a datagram as the UDP listener does. */
  take(datagram: Buffer | string): void;
  /** The page, own metrics included. */
  page(format: 'text' | 'openmetrics'): Promise<string>;
}

/** @param known whether lines are remembered; without, each is read in full. */
export function direct(
  observer = summaries,
  limits: Partial<StoreLimits> = {},
  known = true,
  cacheSize = 1024,
): Direct {
  const now = () => 1_700_000_000_000;
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
  const table = new LineTable(cacheSize, 0x1234567);
  if (!known) table.find = () => -1;
  const intake: Intake = {
    table,
    aggregate: new Aggregate(store, observer),
    tally: new Tally(),
    options: { dogstatsdTags: true },
    nameLimit: 1024,
  };
  const report = ownMetrics(store, { ...intake, kernelDrops: async () => undefined });
  return {
    intake,
    store,
    take(datagram) {
      const bytes = Buffer.concat([Buffer.from(datagram), Buffer.from('\n')]);
      scan(intake, bytes, 0, bytes.length, 2 ** 31 - 1);
    },
    async page(format) {
      intake.aggregate.collect(now());
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
  return [lines, tally.samples - tally.counters - tally.gauges - tally.observers - refused];
}
