import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseNumber } from '../../../src/exposition/foreign/sample-line.ts';
import { formatBound, formatNumber, numberBytes, writeNumber } from '../../../src/exposition/metric/sample-number.ts';

function written(value: number): string {
  const target = Buffer.alloc(numberBytes + 2, 'x');
  const end = writeNumber(target, 1, value);
  expect(target.toString('latin1', 0, 1)).toBe('x');
  expect(end - 1).toBeLessThanOrEqual(numberBytes);
  return target.toString('latin1', 1, end);
}

describe('writeNumber', () => {
  test.each([
    [0, '0'],
    [-0, '-0'],
    [7, '7'],
    [-42, '-42'],
    [10, '10'],
    [99, '99'],
    [2147483646, '2147483646'],
    [2147483647, '2147483647'],
    [2147483648, '2147483648'],
    [4294967296, '4294967296'],
    [100000000000, '100000000000'],
    [9007199254740991, '9007199254740991'],
    [9007199254740992, '9007199254740992'],
    [0.5, '0.5'],
    [-0.000001, '-0.000001'],
    [999999999.999999, '999999999.999999'],
    [0.1 + 0.2, '0.30000000000000004'],
    [1e-7, '1e-7'],
    [1e21, '1e+21'],
    [-1.7976931348623157e308, '-1.7976931348623157e+308'],
    [5e-324, '5e-324'],
    [-0.0000010808659813789802, '-0.0000010808659813789802'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Number.NaN, 'NaN'],
  ])('%d is written %s', (value, text) => {
    expect(written(value)).toBe(text);
    expect(formatNumber(value)).toBe(text);
  });

  const anyNumber = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 })).map(([whole, digits]) => whole / 10 ** digits),
  );

  test('reads back as the same double, whatever it is', () => {
    fc.assert(
      fc.property(anyNumber, (value) => Object.is(parseNumber(written(value)), value)),
      { numRuns: 5000 },
    );
  });

  test('is as short as the shortest round trip', () => {
    fc.assert(
      fc.property(anyNumber, (value) => written(value) === formatNumber(value)),
      { numRuns: 5000 },
    );
  });
});

describe('formatBound', () => {
  // What strconv.FormatFloat(v, 'g', -1, 64) gives, with .0 behind whole numbers.
  test.each([
    [0, '0.0'],
    [1, '1.0'],
    [0.005, '0.005'],
    [2.5, '2.5'],
    [-3, '-3.0'],
    [100000, '100000.0'],
    [999999, '999999.0'],
    [1000000, '1e+06'],
    [1234567.25, '1.23456725e+06'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [1e100, '1e+100'],
    [Number.POSITIVE_INFINITY, '+Inf'],
  ])('%d is %s', (value, text) => {
    expect(formatBound(value)).toBe(text);
  });

  test('reads back as the same double', () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), (value) => parseNumber(formatBound(value)) === value));
  });
});
