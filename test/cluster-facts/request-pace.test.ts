import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPace, isUnanswered } from '../../src/cluster/request-pace.ts';

const limits = { rate: 10, burst: 50, rest: 1000, restMost: 8000 };

test('never more than the burst and what the rate gave since', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 300 }), (waits) => {
      const pace = createPace(limits, () => 0);
      let now = 1_000_000;
      let asked = 0;
      for (const wait of waits) {
        now += wait;
        if (pace.next(now) > now) continue;
        pace.asked(now);
        asked += 1;
        expect(asked).toBeLessThanOrEqual(limits.burst + ((now - 1_000_000) * limits.rate) / 1000);
      }
    }),
  );
});

test('says when there will be a token, and there is one then', () => {
  const pace = createPace({ ...limits, burst: 1 }, () => 0);
  pace.asked(0);
  expect(pace.next(0)).toBe(100);
  expect(pace.next(100)).toBe(100);
});

test('rests longer with each request without an answer, up to a most, until one is answered', () => {
  const pace = createPace(limits, () => 1);
  const rests = Array.from({ length: 5 }, () => {
    pace.unanswered(0);
    return pace.next(0);
  });
  expect(rests).toEqual([1000, 2000, 4000, 8000, 8000]);
  pace.answered();
  expect(pace.next(0)).toBe(0);
});

test('rests are jittered, by half at most', () => {
  const pace = createPace(limits, () => 0);
  pace.unanswered(0);
  expect(pace.next(0)).toBe(500);
});

test('a clock that is set back stops nothing for longer than a rest', () => {
  const pace = createPace(limits, () => 1);
  pace.unanswered(10_000_000);
  expect(pace.next(1000)).toBe(1000);
  pace.asked(1000);
  expect(pace.next(1000)).toBe(1000);
});

test.each([
  ['unreachable', true],
  ['throttled', true],
  ['server', true],
  ['forbidden', false],
  ['not_found', false],
  ['invalid', false],
] as const)('%s leaves the request open: %s', (code, open) => {
  expect(isUnanswered({ code, message: '' })).toBe(open);
});
