import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMapping } from '../../src/statsd/mapping/rules/read-mapping.ts';
import { direct, histograms, summaries, unaccounted } from './direct.ts';

/** Values of which a few add up to infinity, and some that reach it in other ways. */
const value = fc.constantFrom('1', '-1', '+2', '1e308', '-1e308', '+1e308', '+1.7e308', '-1.7e308', '8e307');
const line = fc
  .tuple(
    fc.constantFrom('a', 'b', 'scaled.a', 'scaled.b'),
    fc.array(value, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('c', 'g', 'ms', 'h'),
    fc.constantFrom('', '|@0.1'),
  )
  .map(([name, values, type, rate]) => `${name}.${type}:${values.join(':')}|${type}${rate}`);
const mapping = readMapping('mappings:\n- {match: scaled.*.*, name: scaled_$1_$2, scale: 10}\n', {
  strict: true,
  compatGlob: false,
});

test('finite values never make a series infinite, and each is in one counter', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 60 }),
      fc.constantFrom(summaries, histograms),
      async (lines, observer) => {
        const [quick, full] = [direct(observer), direct(observer, {}, false)];
        for (const one of [quick, full]) {
          if (mapping.ok) one.use(mapping.mapping);
          for (const text of [...lines, ...lines]) one.take(text);
          expect(unaccounted(one.pipeline)).toEqual([0, 0]);
        }
        const rows = async (of: typeof quick) =>
          (await of.page('text')).split('\n').filter((row) => !row.includes('statsd_exporter_line_cache_'));
        const page = await rows(quick);
        expect(page).toEqual(await rows(full));
        // The scale makes the value of a gauge infinite; the next value sets it again.
        const bad = page.filter((row) => / [+-]Inf$| NaN$/.test(row) && !/^scaled_._g /.test(row));
        expect(bad).toEqual([]);
      },
    ),
  );
});
