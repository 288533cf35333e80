import fc from 'fast-check';
import { expect, test } from 'vitest';
import { violations } from '../exposition/strict.ts';
import { datagrams } from './datagram.ts';
import { direct, histograms, summaries, unaccounted } from './direct.ts';

/** A longer run: FUZZ_RUNS=1000000. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const observers = fc.constantFrom(summaries, histograms);
const limits = fc.constantFrom(
  {},
  { series: 30, families: 25 },
  { seriesPerFamily: 6, labelsPerSeries: 1, labelValueBytes: 20 },
);

test('whatever comes, every line and every sample ends in one counter, and the page is valid', async () => {
  await fc.assert(
    fc.asyncProperty(datagrams, observers, limits, async (packets, observer, limited) => {
      const { pipeline, take, page } = direct(observer, limited);
      for (const packet of packets) {
        take(packet);
        expect(unaccounted(pipeline)).toEqual([0, 0]);
      }
      expect(pipeline.counters.lines).toBe(
        packets.reduce((sum, packet) => sum + packet.toString('latin1').split('\n').length, 0),
      );
      expect(violations(await page('text'), 'text')).toEqual([]);
      expect(violations(await page('openmetrics'), 'openmetrics')).toEqual([]);
    }),
    { numRuns },
  );
});

test('a line that is known does what it does when it is read in full', async () => {
  await fc.assert(
    fc.asyncProperty(datagrams, observers, limits, async (packets, observer, limited) => {
      // Twice, so that the line table knows most of the second round.
      const all = [...packets, ...packets];
      const [quick, full] = [direct(observer, limited), direct(observer, limited, false)];
      for (const packet of all) {
        quick.take(packet);
        full.take(packet);
      }
      const rows = async (of: typeof quick) =>
        (await of.page('text')).split('\n').filter((row) => !row.includes('statsd_exporter_line_cache_'));
      expect(await rows(quick)).toEqual(await rows(full));
      expect(quick.store.refused()).toEqual(full.store.refused());
      expect(full.pipeline.counters.linesKnown).toBe(0);
    }),
    { numRuns },
  );
});

test('counters never fall', () => {
  fc.assert(
    fc.property(datagrams, (packets) => {
      const { take, store } = direct();
      take('a:0|c');
      const read = () => {
        const family = store.family({ name: 'a', type: 'counter', help: '', owner: 'statsd' });
        const series = family.ok ? family.value.series([]) : undefined;
        return series?.ok ? series.value.read()[0]! : Number.NaN;
      };
      let before = read();
      for (const packet of packets) {
        take(packet);
        expect(read()).toBeGreaterThanOrEqual(before);
        before = read();
      }
    }),
    { numRuns },
  );
});
