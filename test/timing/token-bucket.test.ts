import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTokenBucket } from '../../src/timing/token-bucket.ts';

const limits = { rate: 10, burst: 50 };

test('never more than the burst and the tokens that the rate gave since', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 300 }), (waits) => {
      const bucket = createTokenBucket(limits);
      let now = 1_000_000;
      let taken = 0;
      for (const wait of waits) {
        now += wait;
        if (bucket.next(now) > now) continue;
        bucket.take(now);
        taken += 1;
        expect(taken).toBeLessThanOrEqual(limits.burst + ((now - 1_000_000) * limits.rate) / 1000);
      }
    }),
  );
});

test('says when there will be a token, and there is one then', () => {
  const bucket = createTokenBucket({ rate: 10, burst: 1 });
  bucket.take(0);
  expect(bucket.next(0)).toBe(100);
  expect(bucket.next(100)).toBe(100);
});

test('a clock that is set back adds no token and takes none', () => {
  const bucket = createTokenBucket({ rate: 10, burst: 2 });
  bucket.take(10_000_000);
  expect(bucket.next(1000)).toBe(1000);
  bucket.take(1000);
  expect(bucket.next(1000)).toBe(1100);
});
