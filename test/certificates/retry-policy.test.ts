import { expect, test } from 'vitest';
import { nothingObserved } from '../../src/certificates/plan/observation.ts';
import type { Step, View } from '../../src/certificates/plan/rotation-plan.ts';
import { createRetryPolicy } from '../../src/certificates/retry-policy.ts';
import type { KubeProblem } from '../../src/kube/kube.ts';
import { emptyState } from './plan/empty-state.ts';

const step: Step = { step: 'write-secret', change: { what: 'new-authority', why: '' } };
const create: Step = { step: 'create-secret' };
const settings = { names: ['a'], validity: 1, authorityValidity: 1, overlap: 300_000 };
const view: View = {
  secret: { state: emptyState, rotate: false },
  remembered: undefined,
  configurations: [],
  observed: nothingObserved,
  settings,
  now: 0,
};
const serving: View = { ...view, secret: { state: { ...emptyState, serving: { cert: '', key: '' } }, rotate: false } };
const conflict: KubeProblem = { code: 'conflict', message: 'PUT x: 409' };
const refused: KubeProblem = { code: 'forbidden', message: 'PUT x: 403' };

function policy(random = 1) {
  const clock = { now: 0 };
  return {
    clock,
    ...createRetryPolicy(
      () => clock.now,
      () => random,
    ),
  };
}

test('what is issued is spread among replicas, less where nothing is served yet; the rest is done at once', () => {
  expect(policy().allowedAt(step, view)).toBe(250);
  expect(policy(0.5).allowedAt(step, serving)).toBe(5000);
  expect(policy().allowedAt(create, view)).toBe(0);
});

test('a turn is kept while the step is the same, and drawn again for another', () => {
  const { clock, allowedAt } = policy();
  expect(allowedAt(step, view)).toBe(250);
  clock.now = 200;
  expect(allowedAt(step, view)).toBe(250);
  allowedAt(create, view);
  expect(allowedAt(step, view)).toBe(450);
});

test('failures are reported, with twice the delay each time, a minute at most; success resets that', () => {
  const { failed, problem, allowedAt, done } = policy();
  const times = Array.from({ length: 8 }, () => failed('writing', refused));
  expect(times).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  expect(problem()).toBe('writing: PUT x: 403');
  expect(allowedAt(create, view)).toBe(60_000);
  done(create, view);
  expect(problem()).toBeUndefined();
  expect(allowedAt(create, view)).toBe(0);
  expect(failed('writing', refused)).toBe(1000);
});

test('another replica was first: no problem, unless it goes on for ever', () => {
  const { failed, problem } = policy();
  for (let count = 0; count < 5; count += 1) failed('writing', conflict);
  expect(problem()).toBeUndefined();
  failed('writing', conflict);
  expect(problem()).toBe('writing: PUT x: 409');
});

test('a conflict with another writer is reported until it is over', () => {
  const { clock, done, problem, idle } = policy();
  for (let count = 0; count < 7; count += 1) done(create, view);
  expect(problem()).toBe('somebody else changes the Secret again and again: it is written less often');
  expect(idle()).toBe(60_000);
  expect(problem()).toBeDefined();
  clock.now = 11 * 60_000;
  expect(idle()).toBeUndefined();
  expect(problem()).toBeUndefined();
});
