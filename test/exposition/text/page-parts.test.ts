import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Format } from '../../../src/exposition/metric/family.ts';
import { apply, step } from '../arbitrary.ts';
import { emptyStore, pageLimits } from '../fixture.ts';
import { parsePage } from '../parsed-page.ts';
import { violations } from '../strict.ts';

const formats: readonly Format[] = ['text', 'openmetrics'];
describe('a page', () => {
  test('is valid in both formats, whatever was declared in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.nat(24), (steps, between) => {
        const store = emptyStore();
        for (const [i, one] of steps.entries()) {
          apply(store, one);
          // A page in between must not change what the next one is.
          if (i === between) for (const format of formats) store.render(format);
        }
        for (const format of formats) {
          const page = store.render(format).toString();
          expect(violations(page, format)).toEqual([]);
          const parsed = parsePage(page, format, pageLimits);
          expect(parsed).toMatchObject({ badLines: [], complete: true });
          expect(parsed.samples).toBe(page.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('has the same series in both formats, but for _created', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        const store = emptyStore();
        for (const one of steps) apply(store, one);
        const [text = [], openMetrics = []] = formats.map((format) =>
          store
            .render(format)
            .toString()
            .split('\n')
            .filter((line) => line !== '' && !line.startsWith('#'))
            .sort(),
        );
        const created = openMetrics.filter((line) => !text.includes(line));
        expect(text.filter((line) => !openMetrics.includes(line))).toEqual([]);
        expect(created.filter((line) => !/_created(\{.*\})? 1767323045\.678$/s.test(line))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('gives back every label value and number that was put in', () => {
    const set = fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), fc.double());
    fc.assert(
      fc.property(fc.array(set, { maxLength: 20 }), fc.constantFrom(...formats), (sets, format) => {
        const store = emptyStore();
        const family = store.family({ name: 'x', type: 'gauge', help: 'line\nfeed "\\', owner: 'test' });
        if (!family.ok) throw new Error(family.detail);
        const expected = new Map<string, number>();
        for (const [value, number] of sets) {
          const made = family.value.series([['v', value]]);
          if (!made.ok) throw new Error(made.detail);
          made.value.set(number);
          expected.set(value.toWellFormed(), number);
        }
        const [parsed] = parsePage(store.render(format), format, pageLimits).families;
        if (sets.length > 0) expect(parsed?.help).toBe('line\nfeed "\\');
        const found = new Map(parsed?.samples.map(({ labels, value }) => [labels[0]?.[1] ?? '', value]));
        expect(found).toEqual(expected);
      }),
    );
  });

  test('stays the same while nothing changes, and a page in a used buffer is the page in a new one', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), fc.nat(300), (steps, size) => {
        const store = emptyStore();
        for (const one of steps) apply(store, one);
        for (const format of formats) {
          const page = Buffer.from(store.render(format));
          expect(store.render(format, Buffer.alloc(size, 'x')).equals(page)).toBe(true);
        }
      }),
    );
  });
});
