import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { haproxyRoutes } from '../../src/haproxy/route.ts';
import { anySettings } from './settings.ts';

test.each([
  ['/', 'route:', '^/$'],
  ['/api/orders', 'route:api:orders', '^/api/orders/?$'],
  ['/api/users/:id', 'route:api:users::id', '^/api/users/[^/]+/?$'],
  ['/:tenant/v1.2/:id', 'route::tenant:v1.2::id', '^/[^/]+/v1[.]2/[^/]+/?$'],
  ['/~home', 'route:_home', '^/~home/?$'],
])('%s', (template, backend, pattern) => {
  expect(haproxyRoutes([template])).toEqual([{ backend, pattern }]);
});

describe('what a pattern takes', () => {
  const takes = (template: string, path: string) => new RegExp(haproxyRoutes([template])[0]!.pattern).test(path);

  test.each<[string, string, boolean]>([
    ['/api/users/:id', '/api/users/42', true],
    ['/api/users/:id', '/api/users/42/', true],
    ['/api/users/:id', '/api/users/', false],
    ['/api/users/:id', '/api/users/42/orders', false],
    ['/api/users/:id', '/x/api/users/42', false],
    ['/v1.2', '/v1x2', false],
    ['/', '/', true],
    ['/', '/a', false],
  ])('%s, %s: %s', (template, path, expected) => {
    expect(takes(template, path)).toBe(expected);
  });
});

test('templates that differ only in what a name cannot hold are still two backends', () => {
  expect(haproxyRoutes(['/~a', '/_a', '/_a']).map(({ backend }) => backend)).toEqual(['route:_a', 'route:_a:::2']);
});

test('every backend has a name of its own that HAProxy takes, one for each different template', () => {
  fc.assert(
    fc.property(anySettings, ({ routes }) => {
      const names = haproxyRoutes(routes).map(({ backend }) => backend);
      expect(names.length).toBe(new Set(routes).size);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_.:-]+$/);
    }),
  );
});
