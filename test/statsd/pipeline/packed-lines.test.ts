import fc from 'fast-check';
import { expect, test } from 'vitest';
import { direct, summaries, unaccounted } from '../direct.ts';

const sample = fc
  .tuple(
    fc.constantFrom('1', '2.5', '-1', 'x', '', '1e400', '+3', '1_0'),
    fc.constantFrom('c', 'c', 'g', 'ms', 'h', 's', 'zz', '', 'c\r', 'é', 'T1'),
    fc.constantFrom('', '', '', '|@0.1', '|@', '|@0.5|@0.5', '|@x', '|T1', '|c:x', '|#a', '|f:x'),
  )
  .map((parts) => `${parts[0]}|${parts[1]}${parts[2]}`);
const line = fc
  .tuple(
    fc.constantFrom('a', 'b', 'a_sum', 'é', 'x,y=z', '_e{1,1}', '_a', '', 'up'),
    fc.array(fc.oneof({ weight: 8, arbitrary: sample }, fc.constantFrom('1', '')), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '', '\r'),
  )
  .map(([name, samples, end]) => `${name}:${samples.join(':')}${end}`);

test('lines of several samples are counted as if they were read in full', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
      const [quick, full] = [direct(summaries, { families: 5 }), direct(summaries, { families: 5 }, false)];
      const rows = [];
      for (const of of [quick, full]) {
        for (const one of [...lines, ...lines]) of.take(one);
        rows.push((await of.page('text')).split('\n').filter((row) => !row.includes('_line_cache_')));
      }
      expect(rows[0]).toEqual(rows[1]);
      expect(quick.store.refused()).toEqual(full.store.refused());
      expect(unaccounted(quick.pipeline)).toEqual([0, 0]);
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 150) },
  );
});

test('a line of several samples is known where all of them are', () => {
  const { take, pipeline } = direct();
  for (let i = 0; i < 10; i++) take(`a:${i}|c:1|c|@0.5:2|c\nb:${i}|g:3|g`);
  expect(pipeline.counters).toMatchObject({
    lines: 20,
    linesAccepted: 20,
    linesKnown: 18,
    samples: 50,
    counterSamples: 30,
    gaugeSamples: 20,
  });
});
