import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { regexReader } from '../../../../src/statsd/mapping/match/regex.ts';
import { regexTest } from '../../../../src/statsd/mapping/match/regex-test.ts';
import { regexText } from './arbitrary-regex.ts';

const name = fc
  .array(fc.constantFrom('a', 'b', 'A', '.', '-', '_', '1', 'é', 'α', '😀', '\n', ' ', 'get'), { maxLength: 100 })
  .map((parts) => parts.join(''));

/** The memory of the automaton of an expression, in bytes, as the library counts it. */
function remembered(regex: RE2JS): number {
  const { dfa } = regex.re2();
  return dfa.stateBudget - dfa.memBudget;
}

test.each([
  ['room for everything', 1e6, 1e6],
  ['little room', 2000, 1000],
  ['hardly any room', 0, 500],
  ['none', 0, 0],
])(
  'it finds what the library finds, and remembers no more than it may: %s',
  (_, bytes, bytesOfOne) => {
    fc.assert(
      fc.property(fc.array(regexText, { maxLength: 5 }), fc.array(name, { maxLength: 10 }), (texts, names) => {
        const read = regexReader();
        const regexes = texts.flatMap((text) => {
          const result = read(text);
          return result?.ok ? [result.value] : [];
        });
        const tests = regexTest(bytes, bytesOfOne);
        for (const one of names) {
          for (const regex of regexes) {
            // The search with groups uses no automaton.
            expect([regex.pattern(), one, tests(regex, one)]).toEqual([
              regex.pattern(),
              one,
              regex.matcher(one).find(),
            ]);
            expect(remembered(regex)).toBeLessThanOrEqual(bytesOfOne);
          }
          expect(
            regexes.reduce((sum, regex) => sum + (regex.re2().prefixComplete ? 0 : remembered(regex)), 0),
          ).toBeLessThanOrEqual(bytes);
        }
      }),
      { numRuns: 200 },
    );
  },
  300_000,
);

test('hostile names do not make automata grow', () => {
  const regexes = Array.from({ length: 50 }, (_, i) =>
    RE2JS.compile(`([a-m]+)[.](.*)[.]([a-z]+)s?[.][xy][${i % 10}z](.*)[ab]`),
  );
  const tests = regexTest(100_000, 50_000);
  let most = 0;
  for (let at = 0; at < 20; at++) {
    const hostile = `a.${Array.from({ length: 1000 }, (_, i) => 'ab.xs1z'[(i * i + at * i) % 7]).join('')}`;
    for (const regex of regexes) tests(regex, hostile);
    most = Math.max(
      most,
      regexes.reduce((sum, regex) => sum + remembered(regex), 0),
    );
  }
  expect(most).toBeLessThanOrEqual(100_000);
  expect(most).toBeGreaterThan(10_000);
});
