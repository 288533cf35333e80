import { describe, expect, test } from 'vitest';
import { readDocument } from '../../src/statsd/mapping/fields/mapping-document.ts';
import { Findings } from '../../src/statsd/mapping/findings.ts';
import { composeYaml } from '../../src/yaml/compose.ts';

const errors = (text: string) => composeYaml(text, {}).errors;
const blocks = (levels: number) => Array.from({ length: levels }, (_, i) => `${' '.repeat(i)}a:\n`).join('');

test('a document is composed, and the next one told apart', () => {
  const lines: number[] = [];
  const { first, second, errors } = composeYaml('a: 1\nb: [yes]\n---\nc\n', {}, (offset) => lines.push(offset));
  expect(errors).toEqual([]);
  expect(first!.toJS()).toEqual({ a: '1', b: ['yes'] });
  expect(second!.range[0]).toBe(14);
  expect(lines).toEqual([0, 5, 14, 18, 20]);
  expect(composeYaml('# nothing\n', {})).toMatchObject({ second: undefined, errors: [] });
});

test.each([
  ['a: {b: 1', 8, /flow map/i],
  ['a:\n\tb: 1', 3, /^a tab cannot indent: use spaces$/],
  ['a: @b', 3, /^text that begins with @ has to be in quotes$/],
  ['a: b: c', 3, /^text that holds ": " has to be in quotes, or a line break is missing$/],
  ['a: *', 3, /; text that begins with \* has to be in quotes$/],
  ['a: "\\\u0007"', 4, /\\u0007/],
])('%j is an error at %i', (text, offset, message) => {
  expect(errors(text)).toContainEqual({ offset, reason: 'syntax', message: expect.stringMatching(message) });
});

describe('nesting without an end is one error, whatever else is wrong with it', () => {
  test.each([
    ['brackets', '['.repeat(100_000)],
    ['brackets in a value, which have to be indented', `a: ${'['.repeat(20_000)}`],
    ['brackets that close', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['lists in one line', `${'- '.repeat(20_000)}a`],
    ['blocks', blocks(3000)],
  ])('%s', (_, text) => {
    const found = errors(text);
    expect(found).toEqual([
      { offset: expect.any(Number), reason: 'too_deep', message: 'values are nested too deeply' },
    ]);
    expect(found[0]!.offset).toBeLessThan(text.length);
  });

  test('and a mapping that is just not too deep is read without more stack', () => {
    for (let levels = 100; levels < 2000; levels += 100) {
      const findings = new Findings();
      readDocument(`mappings: ${'['.repeat(levels)}${']'.repeat(levels)}`, findings, true);
      expect(findings.all().filter(({ message }) => message !== 'values are nested too deeply')).toEqual([]);
    }
  });
});
