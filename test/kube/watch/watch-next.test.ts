import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubeProblemCode } from '../../../src/kube/kube.ts';
import { retryDelay } from '../../../src/kube/watch/retry-delay.ts';
import { watchNext } from '../../../src/kube/watch/watch-next.ts';

const problem = (code: KubeProblemCode) => ({ code, message: code });
const ordered = { opened: true, receivedAny: true, problem: undefined, resume: true, version: '7' };
const cut = { ...ordered, problem: problem('unreachable') };
const gone = { ...ordered, receivedAny: false, problem: problem('gone'), resume: false };
const refused = { ...ordered, opened: false, receivedAny: false, problem: problem('unreachable') };

describe('after a watch', () => {
  test.each([
    ['it ended in order', ordered, 300_000, 0, { relist: false, failures: 0, wait: undefined, report: false }],
    [
      'in order, nothing happened',
      { ...ordered, receivedAny: false },
      300_000,
      3,
      { relist: false, failures: 0, wait: undefined, report: false },
    ],
    ['in order, at once', { ...ordered, receivedAny: false }, 999, 0, { relist: false, failures: 1, report: false }],
    [
      'in order, at once, again',
      { ...ordered, receivedAny: false },
      999,
      1,
      { relist: false, failures: 2, report: true },
    ],
    ['it was cut', cut, 1, 4, { relist: false, failures: 1, wait: cut.problem, report: false }],
    [
      'cut before anything was received',
      { ...cut, receivedAny: false },
      1,
      1,
      { relist: false, failures: 2, report: true },
    ],
    ['the history is gone', gone, 1, 0, { relist: true, failures: 1, wait: undefined, report: false }],
    ['gone, again and again', gone, 1, 1, { relist: true, failures: 2, wait: gone.problem, report: true }],
    ['it could not be opened', refused, 1, 0, { relist: false, failures: 1, wait: refused.problem, report: true }],
    ['not opened for the fifth time', refused, 1, 4, { relist: true, failures: 5, report: true }],
  ])('%s', (_, end, lived, before, next) => {
    expect(watchNext('/api/v1/nodes', end, lived, before)).toMatchObject(next);
  });
});

describe('backoff', () => {
  const codes = fc.constantFrom<KubeProblemCode>(
    'unreachable',
    'server',
    'throttled',
    'unauthorized',
    'gone',
    'conflict',
  );
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test('is spread over a span that doubles up to 30 s', () => {
    fc.assert(
      fc.property(codes, fc.integer({ min: 1, max: 2000 }), random, (code, failures, at) => {
        const milliseconds = retryDelay(problem(code), failures, at);
        expect(milliseconds).toBeGreaterThanOrEqual(0);
        expect(milliseconds).toBeLessThanOrEqual(Math.min(30_000, 800 * 2 ** (failures - 1)));
        expect(milliseconds).toBe(at * retryDelay(problem(code), failures, 1));
      }),
    );
    expect([1, 2, 3, 6, 7, 99].map((failures) => retryDelay(problem('server'), failures, 1))).toEqual([
      800, 1600, 3200, 25_600, 30_000, 30_000,
    ]);
  });

  test.each(['forbidden', 'not_found', 'invalid'] as const)('is slow where a person has to act: %s', (code) => {
    expect(retryDelay(problem(code), 1, 0.5)).toBe(30_000);
  });

  test('is never less than the API server asked for', () => {
    expect(retryDelay({ ...problem('throttled'), retryAfter: 5000 }, 1, 0.1)).toBe(5000);
    expect(retryDelay({ ...problem('throttled'), retryAfter: 1 }, 3, 0.5)).toBe(1600);
  });
});
