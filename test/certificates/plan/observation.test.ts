import { expect, test } from 'vitest';
import { issueAuthority } from '../../../src/certificates/issue/issue.ts';
import { fingerprint } from '../../../src/certificates/pem/pem.ts';
import type { Configuration } from '../../../src/certificates/plan/ca-bundle.ts';
import { nothingObserved, observe } from '../../../src/certificates/plan/observation.ts';
import { emptyState } from './empty-state.ts';

const validity = { from: new Date(Date.UTC(2026, 0, 1)), days: 10 };
const [one, two] = [await issueAuthority('one', validity), await issueAuthority('two', validity)];
const state = { ...emptyState, authority: one };

function configurations(generation: number, ...bundles: readonly string[]): readonly Configuration[] {
  const entries = bundles.map((bundle, index) => ({ name: `${index}`, host: 'a', bundle }));
  return [{ kind: 'MutatingWebhookConfiguration', name: 'x', resourceVersion: '1', generation, writers: [], entries }];
}

test('held is what every entry holds, since it was seen first', () => {
  const first = observe(nothingObserved, state, configurations(1, one.cert + two.cert, one.cert), 1000);
  expect(first.held).toEqual(new Map([[fingerprint(one.cert), 1000]]));
  const second = observe(first, state, configurations(2, one.cert + two.cert, one.cert + two.cert), 2000);
  expect(second.held).toEqual(
    new Map([
      [fingerprint(one.cert), 1000],
      [fingerprint(two.cert), 2000],
    ]),
  );
  const gone = observe(second, state, configurations(3, one.cert, ''), 3000);
  expect(gone.held).toEqual(new Map());
  expect(observe(gone, state, configurations(4, one.cert, one.cert), 4000).held.get(fingerprint(one.cert))).toBe(4000);
});

test('a change that was not seen begins it anew, and so does another configuration of that name', () => {
  const first = observe(nothingObserved, state, configurations(5, one.cert), 1000);
  expect(observe(first, state, configurations(6, one.cert), 2000).held.get(fingerprint(one.cert))).toBe(1000);
  expect(observe(first, state, configurations(7, one.cert), 2000).held.get(fingerprint(one.cert))).toBe(2000);
  expect(observe(first, state, configurations(1, one.cert), 2000).held.get(fingerprint(one.cert))).toBe(2000);
});

test('since when the Secret names its authorities; a clock that was set back does not make it the future', () => {
  const first = observe(nothingObserved, state, [], 5000);
  expect(first.authorities?.since).toBe(5000);
  expect(observe(first, { ...state, serving: two }, [], 6000).authorities?.since).toBe(5000);
  expect(observe(first, { ...state, next: two }, [], 6000).authorities?.since).toBe(6000);
  expect(observe(first, state, [], 3000).authorities?.since).toBe(3000);
  expect(observe(first, undefined, [], 6000).authorities).toBeUndefined();
});
