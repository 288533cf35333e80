import { describe, expect, test } from 'vitest';
import { readManifest } from '../../../src/manifest/read/manifest.ts';
import { problemLine } from '../../../src/manifest/read/manifest-problem.ts';

const lines = (text: string) => readManifest(text, 'a.yaml').problems.map(problemLine);
const values = (text: string) => readManifest(text, 'a.yaml').documents.map(({ value }) => value);

describe('problems say where and what', () => {
  test.each([
    ['a: b\n\tc: d\n', ['a.yaml:2:1: error: document 1: a tab cannot indent: use spaces']],
    ['a: @b\n', ['a.yaml:1:4: error: document 1: text that begins with @ has to be in quotes']],
    [
      'a: b: c\n',
      ['a.yaml:1:4: error: document 1: text that holds ": " has to be in quotes, or a line break is missing'],
    ],
    [
      'a: *b\n',
      [
        'a.yaml:1:4: error: document 1: there is no anchor &b before this alias; text that begins with * has to be in quotes',
      ],
    ],
    ['a: &b [*b]\n', ['a.yaml:1:8: error: document 1: the anchor &b contains itself']],
    ['<<: 3\n', ['a.yaml:1:5: error: document 1: << merges a map or a list of maps']],
    ['[a]: 3\n', ['a.yaml:1:1: error: document 1: a key has to be text, not a map or list']],
    ['~: 3\n', ['a.yaml:1:1: error: document 1: a key has to be text; null is none']],
    ['a: .inf\n', ['a.yaml:1:4: error: document 1: JSON has no .inf: text has to be in quotes']],
    ['a: !!int x\n', ['a.yaml:1:10: error: document 1: "x" is not what its tag !!int says']],
    ['a: 1\nb: 2\na: 3\n', ['a.yaml:3:1: warning: document 1: the key "a" is given twice; kubectl takes the last']],
    [
      'a: 1\n--- b\nc: 2\n',
      ['a.yaml:2:4: error: document 1: only a comment may follow the separator "---" in its line'],
    ],
    [
      'a: 1\n...\nb: 2\n',
      ['a.yaml:3:1: warning: document 1: kubectl reads nothing after "..."; separate documents with "---"'],
    ],
    [
      '%YAML 1.2\n---\na: 1\n',
      ['a.yaml:1:1: warning: document 1: kubectl refuses a stream with directives: leave the line out'],
    ],
    ['a: \u0007\n', ['a.yaml:1:4: error: document 1: control characters are not allowed']],
    ['{"a": 1\n', ['a.yaml:2:1: error: document 1: "," or "}" is missing here, the text ends']],
    ['{"a": x1}', []],
    ["a: 'b\nc: d'\n", []],
    ['k:\n  a: "b\n  c"\n  d: [e,\nf]# g\n', []],
    ['k: "a\n', ['a.yaml:2:1: error: document 1: Missing closing "quote']],
    ['k: a\n\t\nl: b\n', ['a.yaml:2:1: error: document 1: a tab cannot indent: use spaces']],
    ['k: |\n  \ta\n', ['a.yaml:2:3: error: document 1: a tab cannot indent: use spaces']],
    ['k:\r\n- \ta\r\n', ['a.yaml:2:3: error: document 1: a tab cannot indent: use spaces']],
    ['k: "a\\/b"\n', ['a.yaml:1:6: error: document 1: kubectl knows no such escape between double quotes']],
    ["k: {'a\nb': c}\n", ['a.yaml:1:5: error: document 1: a key has to be on one line']],
    [`k: {${'a'.repeat(1025)}: c}\n`, ['a.yaml:1:5: error: document 1: a key has at most 1024 characters']],
    [
      'k: {a:}\n',
      ['a.yaml:1:6: error: document 1: kubectl takes this colon for a part of the key: write a space behind it'],
    ],
    ['k: [!!str, a]\n', ['a.yaml:1:10: error: document 1: between a tag and a comma has to be a space']],
    ['k: [?a]\n', ['a.yaml:1:5: error: document 1: between brackets, text that begins with ? has to be in quotes']],
    [
      '1.2345678: a\n',
      [
        'a.yaml:1:1: error: document 1: a number of so many digits has to be in quotes, or kubectl gives the key another name',
      ],
    ],
    [
      'k: a\u2028b\n',
      [
        'a.yaml:1:5: warning: document 1: kubectl takes U+2028 for a line break: write it as an escape between double quotes',
      ],
    ],
    [
      '  k: a\nl: b\n',
      [
        'a.yaml:2:1: warning: document 1: kubectl reads nothing from here on: the line does not belong to the value before it',
      ],
    ],
    ['{"a": "b\n"}}', ['a.yaml:1:7: error: document 1: the text in double quotes does not end, or is not JSON']],
  ])('%j', (text, expected) => {
    expect(lines(text)).toEqual(expected);
  });
});

test('all problems are told at once, and the other documents are read', () => {
  const text = 'a: 1\n---\nb: @x\nc: *y\n---\n\td: 1\n---\ne: 2\n';
  expect(lines(text).map((line) => line.split(' document ')[0])).toEqual(['a.yaml:3:4: error:', 'a.yaml:6:1: error:']);
  const { documents } = readManifest(text, 'a.yaml');
  expect(documents.map(({ number, value }) => [number, value])).toEqual([
    [1, { a: 1 }],
    [4, { e: 2 }],
  ]);
});

test.each([
  ['', []],
  ['\n\n', []],
  ['---\n---\n# c\n---\n', []],
  ['--- # first\r\na: 1\r\n---\r\n', [{ a: 1 }]],
  ['\ufeff---\na: 1', [{ a: 1 }]],
  ['\ufeff{"a":1}', [{ a: 1 }]],
  ['null\n', []],
  ['{"a":1}\n{"b":2} {"c":3}', [{ a: 1 }, { b: 2 }, { c: 3 }]],
  ['{"a":1}\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
  ['{a: yes}\n', [{ a: true }]],
  ['a: "x\u2028---"\n', [{ a: 'x\u2028---' }]],
])('%j holds its documents', (text, expected) => {
  expect(values(text)).toEqual(expected);
  expect(lines(text).filter((line) => line.includes(' error: '))).toEqual([]);
});

describe('bounds', () => {
  const bomb = (levels: number) =>
    `a0: &a0 [x, x]\n${Array.from({ length: levels }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]\n`).join('')}`;

  test('a few aliases are no bomb', () => {
    expect(lines(bomb(3))).toEqual([]);
  });

  test.each([8, 30, 400])('aliases of aliases, %i levels', (levels) => {
    expect(lines(bomb(levels))).toEqual(['a.yaml:1:1: error: document 1: the document contains excessive aliasing']);
  });

  test.each([
    ['brackets', '['.repeat(100_000)],
    ['JSON', `{"a":${'['.repeat(100_000)}`],
    ['braces that close', `${'{a: '.repeat(3000)}1${'}'.repeat(3000)}`],
    ['lists in one line', `${'- '.repeat(3000)}a\n`],
    ['blocks', Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
  ])('nesting without an end: %s', (_, text) => {
    expect(lines(text).join('\n')).toMatch(/nested deeper than 500 levels/);
  });

  test('a bad document does not hide the next one, however deep', () => {
    expect(values(`${'['.repeat(5000)}\n---\nb: 2\n`)).toEqual([{ b: 2 }]);
  });
});
