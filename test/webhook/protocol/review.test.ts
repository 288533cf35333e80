import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Problem, problems, statusBody } from '../../../src/webhook/protocol/request-problem.ts';
import { readReview, writeAnswer } from '../../../src/webhook/protocol/review.ts';

const v1 = 'admission.k8s.io/v1';

function read(value: unknown) {
  return readReview(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
}

function review(request: object, apiVersion = v1) {
  return { kind: 'AdmissionReview', apiVersion, request };
}

describe('a body that is no review is refused with a sentence', () => {
  test.each<[string, unknown, Problem]>([
    ['nothing', '', { code: 'not_json', message: 'the body is not JSON: Unexpected end of JSON input' }],
    [
      'truncated JSON',
      '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"1',
      {
        code: 'not_json',
        message: 'the body is not JSON: Unterminated string in JSON at position 80 (line 1 column 81)',
      },
    ],
    ['a list', [], { code: 'not_a_review', message: 'the body is not an AdmissionReview: its kind is missing' }],
    ['null', null, { code: 'not_a_review', message: 'the body is not an AdmissionReview: its kind is missing' }],
    [
      'a pod',
      { kind: 'Pod' },
      { code: 'not_a_review', message: 'the body is not an AdmissionReview: its kind is "Pod"' },
    ],
    [
      'a number for a kind',
      { kind: 3 },
      { code: 'not_a_review', message: 'the body is not an AdmissionReview: its kind is no text' },
    ],
    [
      'an unknown version',
      review({ uid: '1' }, 'admission.k8s.io/v2'),
      {
        code: 'unknown_version',
        message:
          'the apiVersion of the review is "admission.k8s.io/v2"; this webhook speaks admission.k8s.io/v1 and admission.k8s.io/v1beta1',
      },
    ],
    [
      'no version',
      { kind: 'AdmissionReview' },
      {
        code: 'unknown_version',
        message:
          'the apiVersion of the review is missing; this webhook speaks admission.k8s.io/v1 and admission.k8s.io/v1beta1',
      },
    ],
    [
      'no request',
      { kind: 'AdmissionReview', apiVersion: v1 },
      { code: 'no_request', message: 'the AdmissionReview has no request' },
    ],
    [
      'an answer',
      { kind: 'AdmissionReview', apiVersion: v1, response: {} },
      { code: 'no_request', message: 'the AdmissionReview has no request' },
    ],
    [
      'no uid',
      review({}),
      { code: 'no_uid', message: 'the request of the AdmissionReview has no uid: it could not be answered' },
    ],
    [
      'an empty uid',
      review({ uid: '' }),
      { code: 'no_uid', message: 'the request of the AdmissionReview has no uid: it could not be answered' },
    ],
  ])('%s', (_name, body, problem) => {
    expect(read(body)).toEqual({ ok: false, problem });
  });

  test('whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = readReview(Buffer.from(bytes));
        expect(result.ok).toBe(false);
      }),
    );
  });

  test('whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (request) => {
        const result = read(review(request as object));
        expect(result.ok || problems[result.problem.code].status).toBeTruthy();
      }),
    );
  });
});

test('fields of the wrong type are taken for missing', () => {
  expect(read(review({ uid: 'u', kind: [], resource: 'pods', namespace: 3, dryRun: 'true', object: [] }))).toEqual({
    ok: true,
    value: {
      version: v1,
      uid: 'u',
      group: '',
      kind: '',
      resource: '',
      subResource: '',
      operation: '',
      namespace: '',
      name: '',
      dryRun: false,
      object: undefined,
    },
  });
});

test('a key __proto__ stays an ordinary property of its object (trap 25)', () => {
  const body = `{"kind":"AdmissionReview","apiVersion":"${v1}","request":{"uid":"u","object":{"__proto__":{"polluted":1},"spec":{"constructor":{"prototype":{"polluted":1}}}}}}`;
  const result = read(body);
  const object = result.ok ? result.value.object : undefined;
  expect(Object.keys(object!)).toEqual(['__proto__', 'spec']);
  expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

describe('the answer', () => {
  const to = { version: v1, uid: 'a-uid' } as const;
  const parse = (text: string) => JSON.parse(text) as { response: Record<string, unknown> };

  test('nothing to say: no patch, no patchType, no warnings', () => {
    expect(writeAnswer(to, { allowed: true, patch: [], warnings: [] })).toEqual({
      body: '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"a-uid","allowed":true}}',
      patchBytes: 0,
    });
  });

  test('the version of the request is that of the answer', () => {
    const { body } = writeAnswer(
      { ...to, version: 'admission.k8s.io/v1beta1' },
      { allowed: true, patch: [], warnings: [] },
    );
    expect(JSON.parse(body)).toMatchObject({ apiVersion: 'admission.k8s.io/v1beta1' });
  });

  test('a patch in base64, whatever text is in it', () => {
    const patch = [{ op: 'add', path: '/metadata/annotations/a~1b', value: 'ü "\n\u2028 </script>' }] as const;
    const { body, patchBytes } = writeAnswer(to, { allowed: true, patch, warnings: ['one', 'two "quoted"'] });
    const { response } = parse(body);
    const bytes = Buffer.from(response.patch as string, 'base64');
    expect(response).toMatchObject({ allowed: true, patchType: 'JSONPatch', warnings: ['one', 'two "quoted"'] });
    expect(JSON.parse(bytes.toString())).toEqual(patch);
    expect(patchBytes).toBe(bytes.length);
  });

  test('a refusal says why, as a 403', () => {
    const { body } = writeAnswer(to, { allowed: false, patch: [], warnings: [], message: 'a: wrong; b: wrong' });
    expect(parse(body).response).toEqual({
      uid: 'a-uid',
      allowed: false,
      status: { code: 403, reason: 'Forbidden', message: 'a: wrong; b: wrong' },
    });
  });

  test('a uid of any text is echoed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (uid) => {
        const { body } = writeAnswer({ ...to, uid }, { allowed: true, patch: [], warnings: [] });
        expect(parse(body).response.uid).toBe(uid);
      }),
    );
  });
});

test('a refusal of the request is a metav1.Status', () => {
  expect(JSON.parse(statusBody({ code: 'no_request', message: 'why' }))).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'why',
    reason: 'BadRequest',
    code: 400,
  });
});
