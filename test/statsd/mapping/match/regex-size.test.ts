import fc from 'fast-check';
import { RE2JS, RE2JSException } from 're2js';
import { expect, test } from 'vitest';
import { regexSize } from '../../../../src/statsd/mapping/match/regex-size.ts';
import { regexLitter, regexText } from './arbitrary-regex.ts';

test.each([
  ['', 3],
  ['a', 3],
  ['^app\\.([^.]+)\\.(\\w+)\\.requests\\.([a-z]+)_ms$', 34],
  ['(get|post|put)', 16],
  ['(a{30}){30}', 962],
  ['(?:a?){900}', 1802],
  ['a{2,5}?b', 11],
  ['\\Qa.b\\E{3}', 7],
  ['[]a-z]{4}', 6],
  ['[^]a]{4}', 6],
  ['[\\S--[:alpha:]a]{1000}', 1004],
  ['(?P<a>[0-9]+)(?<b>\\d{9})', 17],
  ['x*y+?', 7],
])('%s is a program of at most %i instructions', (text, steps) => {
  expect(RE2JS.compile(text).programSize()).toBeLessThanOrEqual(steps);
  expect(regexSize(text).steps).toBe(steps);
});

test.each([
  ['a Unicode class', '\\pL{100}', 4002],
  ['Unicode classes in a class', '[a\\p{Greek}\\PN]', 83],
  ['a wide range whose case is folded', '(?i)[\\x{80}-\\x{10FFFF}]', 1958],
  ['a wide range', '[\\x{80}-\\x{10FFFF}]', 10],
  ['a class of many', `[${'ab'.repeat(160)}]`, 161],
  ['a long name', `(?P<${'a'.repeat(1000)}>b)`, 504],
  ['more than anybody would read', 'a'.repeat(1_000_000), 500_000],
])('%s counts for more than its instructions', (_, text, steps) => {
  expect(regexSize(text).steps).toBe(steps);
});

/** The beginning of a range decides the meaning of the characters behind it, and the end of the class. */
test.each(['[\\d-\\pLa]', '[\\d-\\pLa]*', '[^]-a-\\pLa]', '[]-a-\\pL]'])('%s holds a Unicode class', (text) => {
  expect(RE2JS.compile(text).programSize()).toBeLessThan(10);
  expect(regexSize(text).steps).toBeGreaterThanOrEqual(40);
});

test('no expression takes more than its estimate', () => {
  let compiled = 0;
  fc.assert(
    fc.property(regexText, (text) => {
      const { steps, groups } = regexSize(text);
      if (steps > 20_000) return;
      const regex = read(text);
      if (regex === undefined) return;
      compiled++;
      expect(regex.programSize()).toBeLessThanOrEqual(steps);
      expect(regex.groupCount()).toBe(groups);
      // The ranges of a class are one array, however often it is repeated.
      const classes = new Set(
        regex.re2().prog.inst.map(({ runes }: { runes: Int32Array }) => runes),
      ) as Set<Int32Array>;
      expect([...classes].reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(100 * steps);
    }),
    { numRuns: 2000 },
  );
  expect(compiled).toBeGreaterThan(500);
}, 300_000);

test('whatever stands there, it is estimated, and compiled or refused', () => {
  fc.assert(
    fc.property(fc.oneof(regexLitter, fc.string({ unit: 'binary' })), (text) => {
      const { steps, groups } = regexSize(text);
      expect(steps).toBeGreaterThanOrEqual(3);
      if (steps > 20_000) return;
      const regex = read(text);
      if (regex === undefined) return;
      expect(regex.programSize()).toBeLessThanOrEqual(steps);
      expect(regex.groupCount()).toBe(groups);
    }),
    { numRuns: 5000 },
  );
}, 300_000);

function read(text: string): RE2JS | undefined {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return undefined;
  }
}
