import { describe, expect, test } from 'vitest';
import type { Reason } from '../../../src/inject/outcome/outcome.ts';
import type { ReviewDecision, Verdict } from '../../../src/webhook/admission/decide.ts';
import { decisionLine, levelOf, ownerOf, shown } from '../../../src/webhook/admission/decision-line.ts';
import type { Review } from '../../../src/webhook/protocol/review.ts';

const review: Review = {
  version: 'admission.k8s.io/v1',
  uid: 'b8997c9c-9b37-4a44-ad54-88914cc92ad7',
  group: '',
  kind: 'Pod',
  resource: 'pods',
  subResource: '',
  operation: 'CREATE',
  namespace: 'shop',
  name: '',
  dryRun: false,
  object: {
    metadata: {
      generateName: 'orders-59bffb6546-',
      annotations: { password: 'hunter2' },
      ownerReferences: [
        { kind: 'Other', name: 'not-the-controller' },
        { kind: 'ReplicaSet', name: 'orders-59bffb6546', controller: true },
      ],
    },
  },
};

function decided(verdict: Verdict, reasons: readonly Reason[] = []): ReviewDecision {
  return { verdict, answer: { allowed: true, patch: [], warnings: [] }, kinds: ['statsd'], reasons };
}

test('who, what came of it, and nothing else of the pod', () => {
  const line = decisionLine('mutate', review, decided('injected'), { patchBytes: 812, milliseconds: 0.123456 });
  expect(line).toEqual({
    path: 'mutate',
    uid: 'b8997c9c-9b37-4a44-ad54-88914cc92ad7',
    namespace: 'shop',
    kind: 'Pod',
    generateName: 'orders-59bffb6546-',
    owner: 'ReplicaSet/orders-59bffb6546',
    operation: 'CREATE',
    dryRun: false,
    outcome: 'injected',
    kinds: ['statsd'],
    reasons: [],
    patchBytes: 812,
    milliseconds: 0.123,
  });
});

test('a wrong annotation: its key, not its value', () => {
  const reason: Reason = { code: 'bad_value', subject: 'statsd.metrics-sidecar.io/udp-port', detail: '"hunter2" is …' };
  const line = decisionLine('mutate', review, decided('invalid', [reason]), { patchBytes: 0, milliseconds: 1 });
  expect(line).toMatchObject({ reasons: ['bad_value'], subjects: ['statsd.metrics-sidecar.io/udp-port'] });
  expect(JSON.stringify(line)).not.toContain('hunter2');
});

test('a thousand reasons make a short line', () => {
  const reason: Reason = { code: 'unknown_annotation', subject: `a/${'x'.repeat(1000)}\n`, detail: '' };
  const many = Array.from({ length: 1000 }, () => reason);
  const line = decisionLine('mutate', review, decided('invalid', many), { patchBytes: 0, milliseconds: 1 });
  expect(line.reasons).toHaveLength(21);
  expect(line.reasons.at(-1)).toBe('and 980 more');
  expect(JSON.stringify(line).length).toBeLessThan(4000);
});

test('a name stands for itself: that of the request, else that of the object', () => {
  const object = { metadata: { name: 'of-the-object' } };
  const at = { patchBytes: 0, milliseconds: 0 };
  expect(decisionLine('mutate', { ...review, object }, decided('unchanged'), at)).toMatchObject({
    name: 'of-the-object',
  });
  expect(decisionLine('mutate', { ...review, name: 'of-the-request', object }, decided('unchanged'), at)).toMatchObject(
    {
      name: 'of-the-request',
    },
  );
});

test('no object, no owner', () => {
  expect(ownerOf({ object: undefined })).toBeUndefined();
  expect(ownerOf({ object: { metadata: { ownerReferences: [3, { kind: 'A', name: 'b' }] } } })).toBeUndefined();
});

describe("a stranger's text", () => {
  test.each([
    ['orders-59bffb6546-', 'orders-59bffb6546-'],
    ['', ''],
    ['a"b\nc', 'a\\"b\\nc'],
    ['\u2028\u009b', '\\u2028\\u009b'],
    ['x y', 'x y'],
    ['"'.repeat(300), `${'\\"'.repeat(57)}...`],
    ['a'.repeat(254), `${'a'.repeat(57)}...`],
  ])('%j is shown as %j', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });
});

test.each<[Verdict, string]>([
  ['injected', 'info'],
  ['unchanged', 'info'],
  ['skipped', 'info'],
  ['warned', 'info'],
  ['invalid', 'warn'],
  ['denied', 'warn'],
  ['ignored', 'debug'],
  ['error', 'error'],
])('%s is logged as %s', (verdict, level) => {
  expect(levelOf(verdict)).toBe(level);
});
