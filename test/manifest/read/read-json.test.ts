import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonOf } from '../../../src/manifest/read/node-value.ts';
import { readJsonStream } from '../../../src/manifest/read/read-json.ts';

function read(text: string): unknown {
  const stream = readJsonStream(text, { start: 0, end: text.length });
  return stream.ok ? stream.value.map((node) => jsonOf(node)) : stream.problem.message;
}

test('reads what JSON.parse reads, one value after the other', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(0, 2, '\t'),
      (values, space) => {
        const text = values.map((value) => JSON.stringify(value, null, space)).join('\n');
        expect(JSON.stringify(read(text))).toBe(
          JSON.stringify(values.map((value) => JSON.parse(JSON.stringify(value)))),
        );
      },
    ),
  );
});

test('refuses what JSON.parse refuses', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '1',
    '-',
    '01',
    '1.',
    'true',
    'nul',
    '\\',
    '\n',
    ' ',
    '\u0001',
    '1e5',
    '"\\u12"',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const text = `[${parts.join('')}]`;
      const stream = readJsonStream(text, { start: 0, end: text.length });
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      expect(stream.ok && stream.value.length === 1).toBe(isJson);
    }),
    { numRuns: 2000 },
  );
});

test('a long text is read', () => {
  const text = JSON.stringify({ a: 'x\\"'.repeat(1_000_000) });
  expect(read(text)).toEqual([JSON.parse(text)]);
});
