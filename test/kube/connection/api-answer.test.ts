import { expect, test } from 'vitest';
import { problemOf, readBody, warningsOf } from '../../../src/kube/connection/api-answer.ts';
import { expiredContinue } from '../recorded-lists.ts';

const status = (message: string) => Buffer.from(JSON.stringify({ kind: 'Status', status: 'Failure', message }));

test.each([
  [400, 'invalid'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [405, 'invalid'],
  [409, 'conflict'],
  [410, 'gone'],
  [415, 'invalid'],
  [422, 'invalid'],
  [429, 'throttled'],
  [500, 'server'],
  [503, 'server'],
  [302, 'server'],
])('status %i is %s', (code, expected) => {
  const answer = { status: code, contentType: 'application/json', retryAfter: undefined, bytes: status('nodes "x" …') };
  expect(problemOf('GET /x', answer)).toEqual({
    code: expected,
    status: code,
    message: `GET /x: ${code}: nodes "x" …`,
  });
});

test.each([
  ['application/json', '{"kind":"Status"}', '{"kind":"Status"}'],
  ['text/html', '<html>\n  <b>Bad\tGateway</b>', '<html> <b>Bad Gateway</b>'],
  ['application/json', 'not JSON', 'not JSON'],
  ['text/plain', ' \n', 'no message'],
  ['text/plain', 'x'.repeat(600), `${'x'.repeat(500)}…`],
])('what is no Status is quoted: %s %s', (contentType, text, said) => {
  const problem = problemOf('GET /x', { status: 502, contentType, retryAfter: undefined, bytes: Buffer.from(text) });
  expect(problem?.message).toBe(`GET /x: 502: ${said}`);
});

test.each([
  ['1', 1000],
  ['120', 120_000],
  ['300', 300_000],
  ['301', 300_000],
  ['999999', 300_000],
  ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ['-1', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %s', (retryAfter, milliseconds) => {
  const problem = problemOf('GET /x', { status: 429, contentType: '', retryAfter, bytes: Buffer.from('') });
  expect(problem?.retryAfter).toBe(milliseconds);
});

test.each([200, 201, 202])('%i is a success', (code) => {
  const answer = { status: code, contentType: 'application/json', retryAfter: undefined, bytes: Buffer.from('') };
  expect(problemOf('GET /x', answer)).toBeUndefined();
});

test.each([
  ['application/json', '{"a":1}', { ok: true, value: { a: 1 } }],
  ['application/json;charset=utf-8', 'null', { ok: true, value: null }],
  ['text/plain; charset=utf-8', 'ok', { ok: true, value: 'ok' }],
  ['application/json', '', { ok: false, code: 'server' }],
  ['text/html', '<html>', { ok: false, code: 'server' }],
  ['application/json', '['.repeat(300), { ok: false, code: 'too_large' }],
  ['application/json', `[${'1,'.repeat(1_000_001)}1]`, { ok: false, code: 'too_large' }],
])('a body of %s: %.20s', (contentType, text, expected) => {
  expect(readBody({ status: 200, contentType, retryAfter: undefined, bytes: Buffer.from(text) })).toMatchObject(
    expected,
  );
});

test('a body that is not UTF-8 is not read with other characters in it', () => {
  const bytes = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
  const answer = { status: 200, contentType: 'application/json', retryAfter: undefined, bytes };
  expect(readBody(answer)).toMatchObject({ ok: false });
});

test('the 410 of a list brings the token to go on with, as a real API server sends it', () => {
  const bytes = Buffer.from(JSON.stringify(expiredContinue));
  const answer = { status: 410, contentType: 'application/json', retryAfter: undefined, bytes };
  expect(problemOf('GET /x', answer)).toMatchObject({ code: 'gone', continue: expiredContinue.metadata.continue });
});

test.each([
  [['299 - "one"'], ['one']],
  [['299 - "one", 299 - "two, with \\"quotes\\""'], ['one', 'two, with "quotes"']],
  [
    ['299 - "one"', '299 - "two"'],
    ['one', 'two'],
  ],
  [['299 - "one" "Wed, 21 Oct 2026 07:28:00 GMT"'], ['one']],
  [['nonsense'], []],
  [[], []],
])('warnings of %j', (headers, expected) => {
  expect(warningsOf(headers)).toEqual(expected);
});
