import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantity } from '../../../src/flags/kubernetes-codecs.ts';
import { amountOf, divideByRatio, multiplyByRatio, quantityOf } from '../../../src/inject/resources/quantity.ts';

const unit = 1_000_000_000n;

test.each([
  ['1', unit],
  ['0.1', unit / 10n],
  ['100m', unit / 10n],
  ['1e-1', unit / 10n],
  ['100000u', unit / 10n],
  ['.5', unit / 2n],
  ['5.', 5n * unit],
  ['+5', 5n * unit],
  ['1k', 1000n * unit],
  ['1Ki', 1024n * unit],
  ['1.5Gi', 1536n * 1024n ** 2n * unit],
  ['1e3', 1000n * unit],
  ['1E', 10n ** 18n * unit],
  ['1E3', 1000n * unit],
  ['0', 0n],
  ['0.0000000001', 1n],
  ['1e-40', 1n],
  ['1e-999999999', 1n],
])('%s', (text, amount) => {
  expect(amountOf(text)).toBe(amount);
});

test.each(['', '.', '-1', '12Q', '1 Gi', '1gi', 'Gi', '1e', '0x10', '1_000', 'NaN'])('%j is none', (text) => {
  expect(amountOf(text)).toBeUndefined();
});

test('an exponent costs nothing, however large', () => {
  expect(amountOf('1e999999999999999999')).toBe(amountOf('9e999'));
});

test.each([
  ['100m', 'cpu', '100m'],
  ['1', 'cpu', '1'],
  ['1500m', 'cpu', '1500m'],
  ['0.0001', 'cpu', '1m'],
  ['64Mi', 'memory', '64Mi'],
  ['1536Mi', 'memory', '1536Mi'],
  ['1000', 'memory', '1000'],
  ['0.5', 'memory', '1'],
  ['0', 'memory', '0'],
] as const)('%s of %s is written %s', (text, resource, written) => {
  expect(quantityOf(amountOf(text)!, resource)).toBe(written);
});

test('property: every quantity that annotations take is read, and what is written reads the same', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
  fc.assert(
    fc.property(amount, (bytes) => {
      expect(amountOf(quantityOf(bytes * unit, 'memory'))).toBe(bytes * unit);
      expect(amountOf(quantityOf((bytes * unit) / 1000n, 'cpu'))).toBe((bytes * unit) / 1000n);
    }),
  );
  const text = fc.stringMatching(
    /^\+?(\d{1,8}\.?\d{0,4}|\.\d{1,4})(m|u|n|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d{1,3})?$/,
  );
  fc.assert(
    fc.property(text, (one) => {
      if (quantity.parse(one).ok) expect(amountOf(one)).toBeTypeOf('bigint');
    }),
  );
});

test('property: a ratio holds after rounding', () => {
  const positive = fc.bigInt({ min: 1n, max: 10n ** 12n });
  fc.assert(
    fc.property(
      positive,
      fc.bigInt({ min: unit, max: 100n * unit }),
      fc.constantFrom('cpu' as const, 'memory' as const),
      (amount, ratio, resource) => {
        const limit = amount * unit;
        expect(divideByRatio(limit, ratio, resource) * ratio >= limit * unit).toBe(true);
        expect(multiplyByRatio(limit, ratio, resource) * unit <= limit * ratio).toBe(true);
      },
    ),
  );
});

test('a quantity reads the same however many others were read before', () => {
  const read = () => Array.from({ length: 2000 }, (_, i) => amountOf(`${i}m`));
  const first = read();
  expect(first[1999]).toBe(1999n * (unit / 1000n));
  expect(read()).toEqual(first);
});
