import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mappingUse } from '../../../src/statsd/counts/mapping-use.ts';
import { type Direct, direct, histograms, summaries, unaccounted } from '../direct.ts';
import { handMapping } from '../hand-mapping.ts';

const name = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom('a', 'b.', 'x--', '1', 'é'), fc.nat(12)).map((parts) => parts.join('')),
  },
  fc.constantFrom(
    'up',
    'upper',
    'scrape_x',
    'scrap',
    'ALERTS',
    'ALERT',
    'a_sum',
    'a0_count',
    'a1_created',
    'statsd_exporter_lines_total',
  ),
  fc.constantFrom(
    'a,b=c',
    'a#b=c',
    'a[b=c]',
    '-',
    '..',
    '0',
    '',
    'n'.repeat(99),
    'n'.repeat(130),
    'n'.repeat(300),
    'a\r',
  ),
);
const line = fc
  .tuple(
    name,
    fc.constantFrom('1', '1', '2.5', '-1', 'x', '1:2', 'é', ''),
    fc.constantFrom('c', 'c', 'g', 'ms', 's', 'h', 'c|@0.5', 'c|#k:v', 'c|#live', 'g|#__x:y', 'zz', 'c\r', 'c|T1'),
  )
  .map(([of, value, type]) => `${of}:${value}|${type}`);
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .array(line, { minLength: 1, maxLength: 20 })
      .map((lines) => (of: Direct) => of.take(lines.join('\n'))),
  },
  { weight: 1, arbitrary: fc.constantFrom(500, 2000).map((time) => (of: Direct) => of.pass(time)) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom([], [{ match: 'a1', name: 'a0' }])
      .map((rules) => (of: Direct) => of.use(handMapping(rules, { ttl: 1000 }))),
  },
);

/** A longer run: FUZZ_RUNS=1000000. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 150);

test('lines that want a new name of a full page are counted as if they were read in full', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 20 }),
      fc.constantFrom(summaries, histograms),
      async (steps, observer) => {
        const limits = { families: 6, labelValueBytes: 200 };
        const [quick, full] = [direct(observer, limits), direct(observer, limits, false)];
        const counted = [];
        for (const of of [quick, full]) {
          for (const one of [...steps, ...steps]) one(of);
          const rows = (await of.page('text'))
            .split('\n')
            .filter((row) => !row.includes('statsd_exporter_line_cache_'));
          const { unmapped, rejects } = mappingUse(of.pipeline);
          const names = of.store.topRefused(50).map((one) => [one.name, one.reason, one.count].join(' '));
          const reasons = rejects.map(({ reason, count }) => [reason, count]);
          counted.push({ rows, refused: of.store.refused(), names: names.sort(), reasons });
          counted.at(-1)!.names.push(...unmapped.map((one) => [one.name, one.count].join(' ')).sort());
        }
        expect(counted[0]).toEqual(counted[1]);
        expect(unaccounted(quick.pipeline)).toEqual([0, 0]);
      },
    ),
    { numRuns },
  );
});

test('where every line has another name none is read in full after the first few, and each is counted', () => {
  const of = direct(summaries, { families: 10 });
  for (let i = 0; i < 5000; i++) of.take(`shop.n${i}:1|c${i % 7 === 6 && i > 99 ? '\nshop.often:1|c' : ''}`);
  expect(of.store.refused().get('family_limit')).toBe(of.pipeline.counters.lines - of.pipeline.counters.counterSamples);
  expect(of.pipeline.counters.linesKnown).toBeGreaterThan(of.pipeline.counters.lines - 15);
  const [first] = mappingUse(of.pipeline).unmapped;
  expect([first!.name, of.pipeline.counters.counterSamples]).toEqual(['shop.often', 8]);
  expect(first!.atMost).toBeGreaterThanOrEqual(700);
  expect(unaccounted(of.pipeline)).toEqual([0, 0]);
});
