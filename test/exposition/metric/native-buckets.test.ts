import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketKey, NativeBuckets, schemaOf, zeroThreshold } from '../../../src/exposition/metric/native-buckets.ts';

const schemas = fc.integer({ min: -4, max: 8 });
const anyNumber = fc.double({ noNaN: true });
/** What is in a bucket of its own, as a size. */
const inBucket = fc.double({ min: zeroThreshold, minExcluded: true, noNaN: true, noDefaultInfinity: true });

/** floor(x^(1/2)). */
function root(x: bigint): bigint {
  let guess = 1n << BigInt((x.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + x / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

const bits = 300n;
/** 2^(i / 256) * 2^300 for i from 0 to 255, by roots of whole numbers. */
const powers: readonly bigint[] = (() => {
  let step = 2n << bits;
  for (let i = 0; i < 8; i++) step = root(step << bits);
  const all = [1n << bits];
  for (let i = 1; i < 256; i++) all.push((all[i - 1]! * step) >> bits);
  return all;
})();

/** Whether value <= 2^(key * 2^-schema), exactly but for the last of 300 bits. */
function isWithin(value: number, key: number, schema: number): boolean {
  const steps = BigInt(key) << BigInt(8 - schema);
  const whole = steps >> 8n;
  const fraction = Number(steps & 255n);
  // Both sides times 2^300 * 2^1100.
  const exponent = Math.floor(Math.log2(value)) - 1;
  const mantissa = BigInt((value / 2 ** exponent) * 2 ** 60);
  const left = mantissa << (bits + 1100n + BigInt(exponent) - 60n);
  return left <= powers[fraction]! << (1100n + whole);
}

describe('schemaOf', () => {
  // statsd_exporter answers these: test/peer/native.test.ts.
  test.each([
    [1.1, 3],
    [2, 0],
    [1.99, 1],
    [4, -1],
    [3.9, 0],
    [65536, -4],
    [1e9, -4],
    [Number.POSITIVE_INFINITY, -4],
    [1.01, 7],
    [1.005, 8],
    [1.0000001, 8],
  ])('%d: %d', (factor, schema) => {
    expect(schemaOf(factor)).toBe(schema);
  });

  test('is the coarsest whose buckets grow by the factor or less', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e6, minExcluded: true, noNaN: true }), (factor) => {
        const schema = schemaOf(factor);
        if (schema < 8) expect(2 ** (2 ** -schema)).toBeLessThanOrEqual(factor);
        if (schema > -4) expect(2 ** (2 ** -(schema - 1))).toBeGreaterThan(factor);
      }),
    );
  });
});

describe('bucketKey', () => {
  test('is the smallest key whose bound is not below the value', () => {
    fc.assert(
      fc.property(inBucket, schemas, (value, schema) => {
        const key = bucketKey(value, schema);
        expect([isWithin(value, key, schema), isWithin(value, key - 1, schema)]).toEqual([true, false]);
      }),
      { numRuns: 3000 },
    );
  });

  test('has the powers of two in the bucket that ends with them, and what follows in the next', () => {
    fc.assert(
      fc.property(fc.integer({ min: -127, max: 1023 }), fc.integer({ min: 0, max: 8 }), (power, schema) => {
        const value = 2 ** power;
        expect(bucketKey(value, schema)).toBe(power * 2 ** schema);
        expect(bucketKey(value * (1 + Number.EPSILON), schema)).toBe(power * 2 ** schema + 1);
      }),
    );
  });

  test('has every bound, rounded to a double, in the bucket that ends with it, and its neighbours on either side', () => {
    for (let schema = 0; schema <= 8; schema++) {
      for (let i = 1; i < 2 ** schema; i++) {
        const bound = 2 ** (i / 2 ** schema);
        expect(isWithin(bound * (1 - Number.EPSILON / 2), i, schema)).toBe(true);
        expect(isWithin(bound * (1 + Number.EPSILON), i, schema)).toBe(false);
        const near = [bound * (1 - Number.EPSILON / 2), bound, bound * (1 + Number.EPSILON)];
        expect(near.map((value) => bucketKey(value, schema))).toEqual([i, i, i + 1]);
      }
    }
  });

  test('has infinity above the greatest number', () => {
    for (let schema = -4; schema <= 8; schema++) {
      expect(bucketKey(Infinity, schema)).toBe(bucketKey(Number.MAX_VALUE, schema) + 1);
    }
    expect(bucketKey(Number.MAX_VALUE, 0)).toBe(1024);
    expect(bucketKey(Number.MAX_VALUE, 3)).toBe(8192);
    expect(bucketKey(Number.MAX_VALUE, -4)).toBe(64);
  });
});

/** What is in which bucket of a schema, in the plainest way. */
function counted(values: readonly (readonly [number, number])[], schema: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [value, weight] of values) {
    if (Number.isNaN(value)) continue;
    const size = Math.abs(value);
    const bucket = size <= zeroThreshold ? 'zero' : `${Math.sign(value)} ${bucketKey(size, schema)}`;
    counts.set(bucket, (counts.get(bucket) ?? 0) + weight);
  }
  return counts;
}

function held(buckets: NativeBuckets): Map<string, number> {
  const counts = new Map<string, number>();
  if (buckets.zero > 0) counts.set('zero', buckets.zero);
  for (const sign of [1, -1] as const) {
    const side = buckets.side(sign);
    expect(side.map(([key]) => key)).toEqual(side.map(([key]) => key).toSorted((a, b) => a - b));
    for (const [key, count] of side) counts.set(`${sign} ${key}`, count);
  }
  return counts;
}

const observations = fc.array(
  fc.tuple(fc.oneof(fc.double(), anyNumber, fc.double({ min: -8, max: 8 })), fc.integer({ min: 1, max: 9 })),
  { maxLength: 200 },
);

describe('native buckets', () => {
  test('count every observation in its bucket, NaN in none', () => {
    fc.assert(
      fc.property(observations, schemas, (values, schema) => {
        const buckets = new NativeBuckets({ schema, maxBuckets: 0 });
        for (const [value, weight] of values) buckets.observe(value, weight);
        expect(buckets.schema).toBe(schema);
        expect(held(buckets)).toEqual(counted(values, schema));
      }),
    );
  });

  test('are made wider rather than more than the limit, and then hold what the wider ones would have held from the start', () => {
    fc.assert(
      fc.property(observations, schemas, fc.integer({ min: 1, max: 60 }), (values, schema, maxBuckets) => {
        const buckets = new NativeBuckets({ schema, maxBuckets });
        for (const [value, weight] of values) buckets.observe(value, weight);
        if (buckets.schema > -4) expect(buckets.size).toBeLessThanOrEqual(maxBuckets);
        expect(buckets.schema).toBeLessThanOrEqual(schema);
        expect(held(buckets)).toEqual(counted(values, buckets.schema));
      }),
    );
  });

  test('of the coarsest schema are few whatever is observed', () => {
    const buckets = new NativeBuckets({ schema: 8, maxBuckets: 1 });
    for (let power = -1074; power < 1024; power++) for (const sign of [1, -1]) buckets.observe(sign * 2 ** power, 1);
    for (const value of [Infinity, -Infinity]) buckets.observe(value, 1);
    expect(buckets.schema).toBe(-4);
    expect(buckets.size).toBe(146);
  });

  test.each([
    ['0', 0],
    ['-0', -0],
    ['the threshold', zeroThreshold],
    ['the negative threshold', -zeroThreshold],
    ['the smallest number', Number.MIN_VALUE],
  ])('have %s in the zero bucket', (_, value) => {
    const buckets = new NativeBuckets({ schema: 3, maxBuckets: 256 });
    buckets.observe(value, 3);
    expect([buckets.zero, buckets.size]).toEqual([3, 0]);
  });

  test.each([0, -1, Number.NaN])('take no weight of %d', (weight) => {
    const buckets = new NativeBuckets({ schema: 3, maxBuckets: 256 });
    for (const value of [0, 1]) buckets.observe(value, weight);
    expect([buckets.zero, buckets.size]).toEqual([0, 0]);
  });
});
