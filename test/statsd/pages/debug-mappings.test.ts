import { expect, test } from 'vitest';
import type { MappingUse } from '../../../src/statsd/counts/mapping-use.ts';
import { mappingsPage } from '../../../src/statsd/pages/debug-mappings.ts';

const request = (headers = {}, query = '') => ({
  ...{ method: 'GET', query: new URLSearchParams(query), headers, body: Buffer.alloc(0) },
});
const rule = { index: 0, line: 7, match: 'orders.*', matchType: 'glob', action: 'map', name: 'orders_total' } as const;
const use: MappingUse = {
  since: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  rules: [
    { ...rule, hits: 12 },
    { ...rule, index: 1, line: 9, match: '^x', matchType: 'regex', action: 'drop', name: 'never', hits: 0 },
  ],
  unmapped: [
    { name: 'carts', count: 3, atMost: 3 },
    { name: 'users', count: 1, atMost: 12 },
  ],
  rejects: [{ reason: 'malformed_line', count: 2, sample: 'bad line&' }],
};

test('tells rules with their lines, names without a rule, and refusals with a line of each', () => {
  const { status, type, body } = mappingsPage(request(), use, '/etc/mapping.yml');
  expect([status, type]).toEqual([200, 'html']);
  const rows = [...body.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) => cell!.replace(/<[^>]*>/g, '')),
  );
  expect(rows).toEqual([
    ['Line', 'Match', 'Name', 'Samples'],
    ['7', 'orders.*', 'orders_total', '12'],
    ['9', '^x (regex, drop)', '–', '0'],
    ['Name', 'Samples'],
    ['carts', '3'],
    ['users', '1 to 12'],
    ['Reason', 'One of the last', 'Times'],
    ['malformed_line', 'bad line&amp;', '2'],
  ]);
  expect(body).toContain('/etc/mapping.yml: 2 rules, 1 of which decided on no sample.');
  expect(body).toContain('Counted since 2026-01-02T03:04:05Z');
  expect(body).toContain('href="explain?line=bad%20line%26"');
  expect(body).toContain('href="explain?line=carts%3A1%7Cc"');
});

test.each([
  [{ accept: 'application/json' }, ''],
  [{}, 'format=json'],
])('is JSON for %j, ?%s', (headers, query) => {
  const { type, body } = mappingsPage(request(headers, query), use, undefined);
  expect(type).toBe('json');
  expect(JSON.parse(body)).toEqual({ file: null, ...use, since: '2026-01-02T03:04:05.678Z' });
});

test('keeps all of it text, half a character of a cut name too', () => {
  const evil = `<img src=x onerror="alert('1')">&\ud83d`;
  const { body } = mappingsPage(
    request(),
    {
      since: 0,
      rules: [{ ...rule, match: evil, name: evil, hits: 1 }],
      unmapped: [{ name: evil, count: 1, atMost: 1 }],
      rejects: [{ reason: evil, count: 1, sample: evil }],
    },
    evil,
  );
  expect(body).not.toContain('<img');
});

test('shows no table of rules where no mapping is in use', () => {
  const { body } = mappingsPage(request(), { ...use, rules: [] }, undefined);
  expect(body).toContain('No mapping is in use.');
  expect(body).not.toContain('<h2>Rules</h2>');
});
