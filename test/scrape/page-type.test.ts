import { expect, test } from 'vitest';
import { pageType } from '../../src/scrape/page-type.ts';

const request = (accept: string | undefined, query = '') => ({
  method: 'GET',
  query: new URLSearchParams(query),
  headers: accept === undefined ? {} : { accept },
  body: Buffer.alloc(0),
});
/** What Chromium sends for a page. */
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

test.each([
  [undefined, '', 'html'],
  ['*/*', '', 'html'],
  [browser, '', 'html'],
  ['application/json', '', 'json'],
  ['application/json, text/plain;q=0.5', '', 'json'],
  ['application/json;q=0.4, text/html;q=0.5', '', 'html'],
  ['application/json;q=0', '', 'html'],
  ['text/html;q=0.1, application/json', '', 'json'],
  [browser, 'format=json', 'json'],
  ['application/json', 'format=html', 'html'],
  ['application/json', 'format=xml', 'json'],
] as const)('Accept: %s, ?%s: %s', (accept, query, expected) => {
  expect(pageType(request(accept, query))).toBe(expected);
});

test('goes by the fallback where both are as welcome', () => {
  expect(pageType(request('*/*'), 'json')).toBe('json');
  expect(pageType(request(browser), 'json')).toBe('html');
});
