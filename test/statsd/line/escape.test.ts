import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeName } from '../../../src/statsd/line/escape.ts';

test.each([
  ['', ''],
  ['abc_9', 'abc_9'],
  ['0a', '_0a'],
  ['a--b', 'a_b'],
  ['a---b-c', 'a_b_c'],
  ['a😱b', 'a_b'],
  ['a b', 'a_b'],
  ['éx', '_x'],
  ['..a', '__a'],
  ['.*.', '___'],
  ['-.-', '___'],
  ['a:b', 'a_b'],
])('%j becomes %j', (name, escaped) => {
  expect(escapeName(name)).toBe(escaped);
});

test('what comes out is a metric name, and stays what it is', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary' }), (name) => {
      expect(escapeName(name)).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
      expect(escapeName(escapeName(name))).toBe(escapeName(name));
    }),
  );
});
