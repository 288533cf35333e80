import { expect, test } from 'vitest';
import { createRequestPace, isUnanswered } from '../../src/cluster/request-pace.ts';

const limits = { rate: 10, burst: 50, pause: 1000, pauseMost: 8000 };

test('pauses longer after each request without an answer, up to the most, until one is answered', () => {
  const pace = createRequestPace(limits, () => 1);
  const pauses = Array.from({ length: 5 }, () => {
    pace.unanswered(0);
    return pace.next(0);
  });
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 8000]);
  pace.answered();
  expect(pace.next(0)).toBe(0);
});

test('pauses are jittered, by half at most', () => {
  const pace = createRequestPace(limits, () => 0);
  pace.unanswered(0);
  expect(pace.next(0)).toBe(500);
});

test('a clock that is set back stops nothing for longer than a pause', () => {
  const pace = createRequestPace(limits, () => 1);
  pace.unanswered(10_000_000);
  expect(pace.next(1000)).toBe(1000);
  pace.sent(1000);
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
