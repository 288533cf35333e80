import { expect, test } from 'vitest';
import { parsedBody, problemOf, warningsOf } from '../../src/kube/answer.ts';

const status = (message: string) => JSON.stringify({ kind: 'Status', status: 'Failure', message });

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
  const answer = { status: code, contentType: 'application/json', retryAfter: undefined, text: status('nodes "x" …') };
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
  const problem = problemOf('GET /x', { status: 502, contentType, retryAfter: undefined, text });
  expect(problem?.message).toBe(`GET /x: 502: ${said}`);
});

test.each([
  ['1', 1000],
  ['120', 120_000],
  ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ['-1', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %s', (retryAfter, milliseconds) => {
  const problem = problemOf('GET /x', { status: 429, contentType: '', retryAfter, text: '' });
  expect(problem?.retryAfter).toBe(milliseconds);
});

test.each([200, 201, 202])('%i is a success', (code) => {
  const answer = { status: code, contentType: 'application/json', retryAfter: undefined, text: '' };
  expect(problemOf('GET /x', answer)).toBeUndefined();
});

test.each([
  ['application/json', '{"a":1}', { value: { a: 1 } }],
  ['application/json;charset=utf-8', 'null', { value: null }],
  ['text/plain; charset=utf-8', 'ok', { value: 'ok' }],
  ['application/json', '', undefined],
  ['text/html', '<html>', undefined],
])('a body of %s: %s', (contentType, text, expected) => {
  expect(parsedBody({ status: 200, contentType, retryAfter: undefined, text })).toEqual(expected);
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
