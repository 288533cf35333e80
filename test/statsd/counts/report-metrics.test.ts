import { expect, test } from 'vitest';
import { createStore } from '../../../src/exposition/store.ts';
import { reportMetrics } from '../../../src/statsd/counts/report-metrics.ts';
import { statsdMetrics } from '../../../src/statsd/counts/statsd-metrics.ts';
import type { MappingState } from '../../../src/statsd/mapping/file/live-mapping.ts';
import { pageLimits } from '../../exposition/fixture.ts';
import { parsePage } from '../../exposition/parsed-page.ts';
import { direct } from '../direct.ts';

test('every metric of the table is declared, and its series have the labels that the table says', async () => {
  const { pipeline, take } = direct();
  take('a:1|c\na:1|ms\nb:x|c\nc:1|q\nd:1|g\n_sc|check|0\n_e{1,1}:a|b\nnothing\n');
  pipeline.counters.sockets.relays = [
    { target: '127.0.0.1:8125', lines: 1, longLines: 1, packets: 1, linesDropped: 1, errors: 1 },
  ];
  const store = createStore({
    limits: { families: 100, series: 1000, seriesPerFamily: 100, labelsPerSeries: 10, labelValueBytes: 100 },
    now: () => 0,
  });
  const mapping: MappingState = {
    path: 'mapping.yml',
    file: 'mapping.yml',
    text: '',
    rules: 1,
    findings: [],
    problem: undefined,
    reloads: { success: 1, failure: 0 },
  };
  await reportMetrics(store, { ...pipeline, kernelDrops: async () => 3, mapping: () => mapping })();
  const families = new Map(
    parsePage(store.render('text'), 'text', pageLimits).families.map((family) => [family.name, family]),
  );
  expect([...families.keys()].sort()).toEqual(
    Object.values(statsdMetrics)
      .map(({ name }) => name)
      .sort(),
  );
  for (const { name, labels, type, help } of Object.values(statsdMetrics)) {
    const family = families.get(name)!;
    expect({ name, type: family.type, help: family.help }).toEqual({ name, type, help });
    for (const sample of family.samples)
      expect([name, sample.labels.map(([label]) => label)]).toEqual([name, [...labels].sort()]);
  }
});
