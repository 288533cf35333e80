import { expect, test } from 'vitest';
import { readEnvelope } from '../../../src/webhook/protocol/envelope.ts';
import { review } from '../reviews.ts';

test('the beginning of a recorded review is enough', () => {
  const whole = JSON.stringify(review('003'));
  const { uid, namespace, operation } = review('003').request as Record<string, string>;
  const read = readEnvelope(Buffer.from(whole.slice(0, whole.indexOf('"object"') + 20)));
  expect(read).toMatchObject({
    ok: true,
    value: { version: 'admission.k8s.io/v1', uid, kind: 'Pod', group: '', namespace, operation, object: undefined },
  });
});

test.each([
  ['', 'nothing'],
  ['['.repeat(16_384), 'brackets'],
  ['{'.repeat(16_384), 'braces'],
  ['"\\'.repeat(8000), 'quotes'],
  ['{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"object":{"uid":"other"}', 'another uid'],
  ['{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v9","request":{"uid":"1"', 'another version'],
  ['{"apiVersion":"admission.k8s.io/v1","request":{"uid":"1"', 'no kind'],
])('no answer can be made of %#: %s', (text) => {
  expect(readEnvelope(Buffer.from(text))).toMatchObject({ ok: false, problem: { code: 'too_large' } });
});

test('keys in another order, and with spaces', () => {
  const text =
    '{ "apiVersion" : "admission.k8s.io/v1beta1", "request" : { "name": "a", "uid" : "\\u0031" }, "kind": "AdmissionReview" }';
  expect(readEnvelope(Buffer.from(text))).toMatchObject({
    ok: true,
    value: { version: 'admission.k8s.io/v1beta1', uid: '1' },
  });
});
