import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelsHash } from '../../../src/exposition/metric/label-hash.ts';
import { mappingUse } from '../../../src/statsd/counts/mapping-use.ts';
import { parseLine } from '../../../src/statsd/line/parse-line.ts';
import { NewLabels, ruleLabelsOf } from '../../../src/statsd/table/new-labels.ts';
import { type Direct, direct, summaries, unaccounted } from '../direct.ts';
import { handMapping } from '../hand-mapping.ts';
import { defaultOptions } from '../line/line-options.ts';

const limits = { families: 100, series: 100, seriesPerFamily: 6, labelsPerSeries: 4, labelValueBytes: 12 };

const tag = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(
      fc.constantFrom('a', 'b', 'http.x', 'x--y', 'none'),
      fc.constantFrom('1', '2', '3', 'v:w', '"\\'),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('', '#a', '__a', '..a', '1a', 'le', 'quantile', 'é', 'a b', 'long_long_long'),
      fc.constantFrom('', '1', 'é', 'long long long', '\\'),
    ),
  },
);
const section = fc
  .array(
    tag.map((pair) => pair.join(':')),
    { maxLength: 6 },
  )
  .chain((tags) => fc.constantFrom(tags.join(','), `${tags.join(',')},`, `${tags.join(',')}\r`));
const line = fc
  .tuple(
    fc.constantFrom('n', 'n', 'm', 'm,a=1', 'ruled', 'ruled', 'honored', 'ttl'),
    fc.constantFrom('1', '1', '2.5', '-1', 'x', '1:2', 'é', ''),
    fc.constantFrom('c', 'c', 'g', 'ms', 's', 'c|@0.5', 'c|@-1', 'c|c:x'),
    section,
    fc.constantFrom('', '', '', '|T1', '|x:y', '|@0.1'),
  )
  .map(([name, value, type, tags, more]) => `${name}:${value}|${type}|#${tags}${more}`);
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .array(line, { minLength: 1, maxLength: 20 })
      .map((lines) => (of: Direct) => of.take(lines.join('\n'))),
  },
  { weight: 1, arbitrary: fc.constantFrom(500, 2000).map((time) => (of: Direct) => of.pass(time)) },
);

/** A longer run: FUZZ_RUNS=1000000. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 150);

test('lines that want a series of a full family are counted as if they were read in full', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.constantFrom(16, 1024), async (steps, size) => {
      const [quick, full] = [direct(summaries, limits, true, size), direct(summaries, limits, false)];
      const counted = [];
      for (const of of [quick, full]) {
        of.use(
          handMapping([
            { match: 'ruled', labels: { a: '1' } },
            { match: 'ttl', ttl: 1000 },
          ]),
        );
        for (const one of steps) one(of);
        const rows = (await of.page('text')).split('\n').filter((row) => !row.includes('statsd_exporter_line_cache_'));
        const { unmapped, rules, rejects } = mappingUse(of.pipeline);
        const names = of.store.topRefused(20).map(({ name, reason, count }) => [name, reason, count].join(' '));
        const reasons = rejects.map(({ reason, count }) => [reason, count]);
        counted.push({ rows, refused: of.store.refused(), unmapped, rules, reasons, names: names.sort() });
      }
      expect(counted[0]).toEqual(counted[1]);
      expect(unaccounted(quick.pipeline)).toEqual([0, 0]);
    }),
    { numRuns },
  );
});

test('labels that are read from bytes are those that the page gets, or they are unusual', () => {
  const labels = new NewLabels({ ...limits, labelsPerSeries: 4 });
  fc.assert(
    fc.property(section, (tags) => {
      const bytes = Buffer.from(tags);
      const end = tags.endsWith('\r') ? bytes.length - 1 : bytes.length;
      if (!labels.read(bytes, 0, end, ruleLabelsOf([]))) return;
      const parsed = parseLine(Buffer.from(`a:1|c|#${tags.replace('\r', '')}`), defaultOptions);
      const read = parsed.kind === 'samples' ? parsed.samples[0]!.suffix!.labels : [];
      expect(parsed.kind === 'samples' && parsed.tagErrors).toBe(0);
      expect(labels.hash).toBe(labelsHash(read));
      expect(labels.bytes).toBe(read.reduce((sum, [name, value]) => sum + name.length + value.length + 2, 0));
    }),
  );
});

const withoutCache = (page: string) => page.split('\n').filter((row) => !row.includes('_line_cache_'));

/** Lines of a family, each with another label value. */
const explosion = (of: Direct, from: number, to: number) => {
  for (let i = from; i < to; i++) of.take(`a:1|c|#url:/orders/${i},code:200`);
};

test('of a label explosion no line is read in full after the first few, and each is counted', () => {
  const of = direct(summaries, { seriesPerFamily: 10 });
  explosion(of, 0, 1000);
  expect(of.pipeline.counters.linesKnown).toBe(989);
  expect(of.store.refused()).toEqual(new Map([['series_per_family_limit', 990]]));
  expect(of.pipeline.counters.tagged).toBe(1000);
  expect(mappingUse(of.pipeline).unmapped).toEqual([{ name: 'a', count: 1000, atMost: 1000 }]);
  expect(of.store.topRefused(1)[0]).toMatchObject({ name: 'a', count: 990 });
  expect(unaccounted(of.pipeline)).toEqual([0, 0]);
});

test('nor where a rule names the labels of all of them', () => {
  const of = direct(summaries, { seriesPerFamily: 10 });
  of.use(handMapping([{ match: 'a', name: 'b', labels: { shop: 'x' } }]));
  explosion(of, 0, 1000);
  expect(of.pipeline.counters.linesKnown).toBe(989);
  expect(mappingUse(of.pipeline).rules[0]!.hits).toBe(1000);
  expect(of.store.topRefused(1)[0]).toMatchObject({ name: 'b', count: 990 });
});

test.each([
  ['a name that is something else already', 'a:1|c', 'a:1|g|#k:', 'type_conflict'],
  ['a name that another family needs', 'a:1|ms', 'a_sum:1|g|#k:', 'suffix_conflict'],
  ['a name that is reserved', 'a:1|c', 'up:1|g|#k:', 'reserved_name'],
  ['a name that the page has no room for', 'a:1|c\nb:1|c\nc:1|c', 'd:1|c|#k:', 'family_limit'],
] as const)('other labels in every line, and %s', async (_, first, line, reason) => {
  const [quick, full] = [direct(summaries, { families: 5 }), direct(summaries, { families: 5 }, false)];
  for (const of of [quick, full]) {
    of.take(first);
    for (let i = 0; i < 100; i++) of.take(`${line}${i}`);
  }
  expect(quick.pipeline.counters.linesKnown).toBe(99);
  expect(quick.store.refused()).toEqual(new Map([[reason, 100]]));
  expect(await quick.page('text').then(withoutCache)).toEqual(await full.page('text').then(withoutCache));
});

test('a series that is there is found whatever the order of its tags', () => {
  const of = direct(summaries, { seriesPerFamily: 10 });
  explosion(of, 0, 100);
  for (let i = 0; i < 20; i++) of.take(`a:1|c|#code:200,url:/orders/${i}`);
  expect(of.pipeline.counters.counterSamples).toBe(20);
});

test('of the limit of bytes, what takes less than what was refused is asked for', () => {
  const of = direct(summaries, { bytes: 20_000 });
  for (let i = 0; i < 100; i++) of.take(`a:1|c|#url:${`${i}`.padStart(300, '0')}`);
  const { linesKnown, counterSamples } = of.pipeline.counters;
  expect(linesKnown).toBeGreaterThan(70);
  of.take('a:1|c|#url:1');
  expect([of.pipeline.counters.linesKnown, of.pipeline.counters.counterSamples]).toEqual([
    linesKnown,
    counterSamples + 1,
  ]);
});

test('so many beginnings of lines at most are kept, and all of them counted', () => {
  const of = direct(summaries, { seriesPerFamily: 1, families: 1000 });
  for (let i = 0; i < 400; i++) for (let j = 0; j < 5; j++) of.take(`a${i}:1|c|#k:${j}`);
  expect(of.store.refused()).toEqual(new Map([['series_per_family_limit', 1600]]));
  expect(mappingUse(of.pipeline).unmapped.reduce((sum, { atMost }) => sum + atMost, 0)).toBeGreaterThan(0);
  expect(of.pipeline.counters.linesKnown).toBe(1200);
});
