import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileFields } from '../../../../src/statsd/mapping/fields/file-fields.ts';
import { readDocument } from '../../../../src/statsd/mapping/fields/mapping-document.ts';
import { piecesOf } from '../../../../src/statsd/mapping/fields/pieces.ts';
import { readFile } from '../../../../src/statsd/mapping/fields/rule-fields.ts';
import { Findings } from '../../../../src/statsd/mapping/findings.ts';
import { mappingSteps, readMapping } from '../../../../src/statsd/mapping/rules/read-mapping.ts';

const options = { strict: false, compatGlob: false };

/** The result of reading a file as a whole, and in steps. */
function both(text: string) {
  const whole = new Findings();
  const stepped = new Findings();
  const expected = readFile(readDocument(text, whole, false), { findings: whole, strict: false });
  const steps = fileFields(text, stepped, false);
  let count = 0;
  for (;;) {
    const { done, value } = steps.next();
    if (done) return { whole: [expected, whole.all()], stepped: [value, stepped.all()], count };
    count++;
  }
}

const rules = [
  '- match: "a.*.b"\n  name: "a_$1"\n',
  '- {match: "c.*", name: c, labels: {"one": "$1"}}\n',
  '-\n  match: d\n  name: "d"\n',
  '-   match: e\n    name: e\n    help: |\n      - match: no item\n      mappings:\n\n    ttl: 3s\n',
  '# a comment\n\n- match: f\n  name: "quoted\n    over lines"\n',
  '- name: g\n  match: g\n  name: twice\n',
  '- match: h\n  nam: typo\n  buckets: [1, 2,\n   3]\n',
  '- just text\n',
  '- &anchor {match: i, name: i}\n',
  '- {<<: *anchor, match: j}\n',
  '- {match: k, name: [}\n',
  '-\n',
  '- match: "é漢"\r\n  name: m\r\n',
];
const filler = [1, 2].map((i) => `- match: "x${i}.*"\n  name: x_${i}\n  help: "${'long '.repeat(1000)}"\n`).join('');
const indented = (text: string) => text.replace(/^(?=.)/gm, '  ');

describe('a large file, read in pieces, says what it says as a whole', () => {
  test('whatever rules it has, and whatever stands before and behind them', () => {
    const heads = [
      '',
      'defaults:\n  ttl: 1m\n',
      '---\n',
      '# first\nunknown: 1\n',
      'defaults: {observer_type: histogram}\n',
    ];
    const tails = [
      '',
      'defaults:\n  ttl: 2m\n',
      '\n# last\n',
      'more: *anchor\n',
      '---\nmappings:\n- {match: z, name: z}\n',
    ];
    const given = fc.tuple(
      fc.constantFrom(...heads),
      fc.constantFrom('mappings:\n', 'mappings: # all\n\n', 'mappings: \r\n'),
      fc.array(fc.constantFrom(...rules), { maxLength: 5 }),
      fc.array(fc.constantFrom(...rules), { maxLength: 5 }),
      fc.constantFrom(...tails),
      fc.boolean(),
    );
    fc.assert(
      fc.property(given, ([head, list, before, after, tail, indent]) => {
        const items = [...before, filler, ...after].join('');
        const { whole, stepped } = both(`${head}${list}${indent ? indented(items) : items}${tail}`);
        expect(stepped).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  test('in steps', () => {
    expect(both(`mappings:\n${filler}`).count).toBe(2);
    expect(both(rules[0]!).count).toBe(0);
  });
});

describe('what is not cut', () => {
  test.each([
    ['a list in brackets', 'mappings: [{match: a, name: a}]\n'],
    ['two lists', 'mappings:\n- {match: a, name: a}\nmappings:\n- {match: b, name: b}\n'],
    ['two documents', 'mappings:\n- {match: a, name: a}\n---\nmappings: []\n'],
    ['no list', 'mappings:\n  match: a\n'],
    ['nothing', ''],
  ])('%s', (_, text) => expect(piecesOf(text)).toBeUndefined());
});

describe('bounds', () => {
  const errors = (text: string) =>
    readMapping(text, options).findings.map(({ code, severity }) => `${severity} ${code}`);

  test('a large file that cannot be read in pieces is refused with what would be right', () => {
    const text = `mappings: [${'{match: a, name: a}, '.repeat(8000)}]\n`;
    const read = readMapping(text, options);
    expect(read.ok).toBe(false);
    expect(read.findings[0]).toMatchObject({ code: 'too_large', line: 1 });
    expect(read.findings[0]!.message).toContain('below "mappings:"');
  });

  test('more rules than there is memory for are refused', () => {
    expect(errors(`mappings:\n${'- {match: a, name: a}\n'.repeat(20_001)}`)).toEqual(['error too_large']);
  });

  test('an error in a large file is told with its line', () => {
    const text = `mappings:\n${'- {match: a, name: a}\n'.repeat(10_000)}- {match: [\n`;
    expect(readMapping(text, options).findings.some(({ line, code }) => code === 'yaml' && line >= 10_002)).toBe(true);
  });

  test('each step of 12,000 rules is a small part of all', () => {
    const text = `mappings:\n${Array.from({ length: 12_000 }, (_, i) => `- {match: "s${i % 100}.*.o${i}", name: "n${i}"}\n`).join('')}`;
    const steps = mappingSteps(text, options);
    let count = 0;
    while (!steps.next().done) count++;
    expect(count).toBeGreaterThan(200);
  });
});
