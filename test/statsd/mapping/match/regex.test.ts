import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ReadRegex, regexReader } from '../../../../src/statsd/mapping/match/regex.ts';
import { regexLitter, regexText } from './arbitrary-regex.ts';

function told(result: ReadRegex | undefined): string {
  if (result === undefined) return 'not read';
  return result.ok ? 'taken' : `${result.code}: ${result.problem}`;
}

test.each([
  ['five thousand steps', 'a'.repeat(4998), 'taken'],
  ['more', 'a'.repeat(4999), 'regex_size: match is too large: 5001 steps, of 5000 at most'],
  ['a repeat of repeats', '(?:(?:a{20}b?){5}c){10}', 'taken'],
  ['too many of them', '(?:[a-z]{0,1000}\\.){3}', 'regex_size: match is too large: 6005 steps'],
  ['a hundred groups', '(a)'.repeat(100), 'taken'],
  ['one more', '(a)'.repeat(101), 'regex_size: match has 101 groups, of 100 at most'],
  ['groups that are not kept', '(?:a)'.repeat(101), 'taken'],
  ['a repeat that RE2 does not know', 'a{1001}', 'match: match is no regular expression of RE2: invalid repeat count'],
  ['groups in groups without an end', `${'('.repeat(90)}a`, 'match: match is no regular expression of RE2: missing'],
])('%s', (_, match, expected) => {
  expect(told(regexReader()(match))).toContain(expected);
});

test('a thousand rules that people write are taken', () => {
  const read = regexReader();
  for (let i = 0; i < 1000; i++) {
    expect(told(read(`^app${i}\\.([^.]+)\\.(\\w+)\\.requests\\.([a-z]+)_ms$`))).toBe('taken');
  }
});

test.each([
  ['large ones', 'a{1000}'.repeat(4), 14],
  ['some that are refused too', 'a{1000}'.repeat(1000), 11],
  ['some that are none', '(?=a)', 2727],
  ['small ones', '.', 3333],
])('the file ends at some number of them: %s', (_, match, most) => {
  const read = regexReader();
  for (let i = 0; i < most; i++) expect(told(read(match))).not.toContain('of the file');
  expect(told(read(match))).toContain(
    'the regular expressions of the file are too large: with this one they have more than 60000 steps',
  );
  expect(told(read(match))).toBe('not read');
  expect(told(read('a'))).toBe('not read');
});

test('whatever a file holds, its programs together stay below the bound', () => {
  const rule = fc.oneof(
    fc.tuple(regexText, fc.integer({ min: 1, max: 200 })).map(([text, times]) => text.repeat(times)),
    regexLitter,
  );
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 50 }), fc.integer({ min: 1, max: 20 }), (rules, times) => {
      const read = regexReader();
      let instructions = 0;
      for (const match of Array.from({ length: times }, () => rules).flat()) {
        const result = read(match);
        if (result?.ok !== true) continue;
        expect(result.value.programSize()).toBeLessThanOrEqual(5000);
        instructions += result.value.programSize();
      }
      expect(instructions).toBeLessThanOrEqual(60_000);
    }),
    { numRuns: 50 },
  );
}, 300_000);
