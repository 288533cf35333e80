import fc from 'fast-check';
import { expect, test } from 'vitest';
import { violations } from '../exposition/strict.ts';
import { datagrams } from './datagram.ts';
import { type Direct, direct, histograms, summaries, unaccounted } from './direct.ts';
import { type HandRule, handMapping, histogram, summary } from './hand-mapping.ts';

/** A longer run: FUZZ_RUNS=1000000. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 200);

const rule: fc.Arbitrary<HandRule> = fc.record(
  {
    match: fc.constantFrom('a', 'b', 'a*', 'a.count', 'b*', '*', 'é-ü'),
    action: fc.constantFrom('map' as const, 'map' as const, 'drop' as const),
    kinds: fc.subarray(['counter', 'gauge', 'observer'] as const, { minLength: 1 }),
    name: fc.constantFrom('x', 'y', 'a', 'x_count', '', '0-', 'statsd_exporter_lines_total'),
    labels: fc.dictionary(
      fc.constantFrom('a', 'b', 'le', 'quantile', '__name__', 'c'),
      fc.constantFrom('', '1', '"\\\n'),
      {
        maxKeys: 2,
      },
    ),
    honorLabels: fc.boolean(),
    scale: fc.constantFrom(1, 2, 0.1, -1, 0, 1e300, Number.NaN),
    ttl: fc.constantFrom(0, 500, 2000, -1, 1e-6),
    help: fc.constantFrom('', 'one', 'two\n'),
    observer: fc.constantFrom(
      summary,
      histogram(1, 2),
      histogram(1),
      histogram(2, 1),
      histogram(Number.POSITIVE_INFINITY),
    ),
  },
  { requiredKeys: ['match'] },
);
const mapping = fc
  .tuple(
    fc.array(rule, { maxLength: 4 }),
    fc.record({ ttl: fc.constantFrom(0, 1000) }, { requiredKeys: [] }),
    fc.option(fc.constantFrom(summary, histogram(5)), { nil: undefined }),
  )
  .map(([rules, defaults, observer]) =>
    handMapping(rules, { ...defaults, ...(observer !== undefined && { observer }) }),
  );

const sent = (packets: readonly Buffer[]) => (of: Direct) => {
  for (const packet of packets) of.take(packet);
};
const step = fc.oneof(
  { weight: 4, arbitrary: datagrams.map(sent) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 1500 }).map((time) => (of: Direct) => of.pass(time)) },
  { weight: 1, arbitrary: mapping.map((one) => (of: Direct) => of.use(one)) },
);
const story = fc.tuple(mapping, fc.array(step, { maxLength: 8 })).map(([first, steps]) => (of: Direct) => {
  of.use(first);
  // Twice, so that the line table knows most of the second round.
  for (const one of [...steps, ...steps]) one(of);
});
const observers = fc.constantFrom(summaries, histograms);

const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);

test('with any mapping, every sample ends in one counter, and is mapped, dropped or unmapped where it is well-formed', async () => {
  await fc.assert(
    fc.asyncProperty(story, observers, async (tell, observer) => {
      const of = direct(observer);
      tell(of);
      const { counters, aggregate, table } = of.pipeline;
      expect(unaccounted(of.pipeline)).toEqual([0, 0]);
      const unrouted = sum(counters.sampleErrors.values()) + (counters.eventErrors.get('name_limit') ?? 0);
      const nameless = counters.samples - unrouted - counters.mapped - counters.unmapped - counters.droppedSamples;
      expect(nameless).toBeGreaterThanOrEqual(0);
      expect(nameless).toBeLessThanOrEqual(counters.eventErrors.get('empty_metric_name') ?? 0);
      expect(sum(counters.conflictReasons.values())).toBe(
        sum([...counters.conflicts.values()].map(({ count }) => count)),
      );
      expect(table.knownLines).toBeLessThanOrEqual(table.size);
      expect(sum(aggregate.series.values())).toBeGreaterThanOrEqual(0);
      expect(violations(await of.page('text'), 'text')).toEqual([]);
      expect(violations(await of.page('openmetrics'), 'openmetrics')).toEqual([]);
    }),
    { numRuns },
  );
});

test('with any mapping, a line that is known does what it does when it is read in full', async () => {
  await fc.assert(
    fc.asyncProperty(story, observers, async (tell, observer) => {
      const [quick, full] = [direct(observer), direct(observer, {}, false)];
      tell(quick);
      tell(full);
      const rows = async (of: Direct) =>
        (await of.page('text')).split('\n').filter((row) => !row.includes('statsd_exporter_line_cache_'));
      expect(await rows(quick)).toEqual(await rows(full));
      expect(quick.store.refused()).toEqual(full.store.refused());
    }),
    { numRuns },
  );
});
