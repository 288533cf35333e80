import { describe, expect, test } from 'vitest';
import { mostLines, readExplainRequest } from '../../../src/statsd/playground/explain-request.ts';

const none = Buffer.alloc(0);
const get = (query: string) =>
  readExplainRequest({ method: 'GET', query: new URLSearchParams(query), headers: {}, body: none });
const post = (type: string | undefined, body: string | Buffer) =>
  readExplainRequest({
    method: 'POST',
    query: new URLSearchParams(),
    headers: type === undefined ? {} : { 'content-type': type },
    body: Buffer.from(body),
  });
const json = (value: unknown) => post('application/json; charset=utf-8', JSON.stringify(value));
const form = (fields: Record<string, string>) =>
  post('application/x-www-form-urlencoded', new URLSearchParams(fields).toString());
const asks = (lines: readonly string[], mapping?: string) => ({ ok: true, value: { lines, mapping } });

describe('an address', () => {
  test('has lines, each by itself or several', () => {
    expect(get('')).toEqual(asks([]));
    expect(get('line=a%3A1%7Cc')).toEqual(asks(['a:1|c']));
    expect(get('line=a:1|c%0D%0A%0Ab:2|g&line=c:3|ms')).toEqual(asks(['a:1|c', 'b:2|g', 'c:3|ms']));
    expect(get('line=a:1|c&mapping=x')).toEqual(asks(['a:1|c'], 'x'));
  });
});

describe('a form', () => {
  test('has the text areas as browsers send them', () => {
    expect(form({ lines: 'a:1|c\r\nb:2|g\r\n', mapping: 'mappings:\r\n- match: a\r\n' })).toEqual(
      asks(['a:1|c', 'b:2|g'], 'mappings:\n- match: a\n'),
    );
    expect(form({ line: 'a:1|c' })).toEqual(asks(['a:1|c']));
    expect(form({ lines: 'a:1|c', mapping: '' })).toEqual(asks(['a:1|c'], ''));
  });
});

describe('JSON', () => {
  test('has the lines as a text or a list, which is taken as it is', () => {
    expect(json({ lines: 'a:1|c\nb:2|g\n' })).toEqual(asks(['a:1|c', 'b:2|g']));
    expect(json({ lines: ['a:1|c', '', 'b\nc'], mapping: 'x' })).toEqual(asks(['a:1|c', '', 'b\nc'], 'x'));
    expect(json({ line: 'a:1|c', mapping: null })).toEqual(asks(['a:1|c']));
  });

  test.each([
    [{}, '"lines" has to be a text, or a list of texts.'],
    [{ lines: [1] }, '"lines" has to be a text, or a list of texts.'],
    [{ lines: '', mapping: 1 }, '"mapping" has to be the text of a mapping file.'],
    [{ line: 'a', maping: '' }, 'There is no "maping": only "lines" and "mapping".'],
    [[], 'The body has to be an object: {"lines": ["…"], "mapping": "…"}.'],
    [null, 'The body has to be an object: {"lines": ["…"], "mapping": "…"}.'],
    [{ lines: new Array(mostLines + 1).fill('a') }, '201 lines are too many: 200 at most.'],
  ])('%j is refused: %s', (value, problem) => {
    expect(json(value)).toEqual({ ok: false, status: 400, problem });
  });

  test('is refused where it is none', () => {
    expect(post('application/json', '{"lines":')).toMatchObject({
      ok: false,
      status: 400,
      problem: expect.stringMatching(/^The body is not JSON: /),
    });
    expect(post('application/json', Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({
      problem: 'The body is not UTF-8.',
    });
  });
});

test.each([undefined, '', 'text/plain', 'multipart/form-data; boundary=x', 'application/jsonp'])(
  'a body of type %s is refused',
  (type) => {
    expect(post(type, 'x')).toMatchObject({ ok: false, status: 415 });
  },
);
