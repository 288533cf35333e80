import { afterEach, beforeEach, expect, test } from 'vitest';
import { accessText } from '../../../src/check/cluster/access-review.ts';
import { list } from '../../../src/check/cluster/reading.ts';
import { type FakeApiServer, startApiServer } from '../../kube/api-server.ts';

let api: FakeApiServer;
beforeEach(async () => {
  api = await startApiServer();
  for (let i = 0; i < 600; i++) api.put(`/api/v1/namespaces/shop/pods/pod-${i}`, { spec: { containers: [] } });
});
afterEach(() => api.stop());

test('a list comes in pages, of metadata alone, and keeps what is of interest', async () => {
  const listing = await list(api.kube(), '/api/v1/pods', {
    metadataOnly: true,
    keep: ({ metadata, spec }) => (metadata.name.endsWith('7') ? { name: metadata.name, spec } : undefined),
  });
  expect(listing).toMatchObject({ ok: true });
  const kept = listing.ok ? listing.value : [];
  expect(kept.length).toBe(60);
  expect(kept.every(({ spec }) => spec === undefined)).toBe(true);
  expect(api.calls.map(({ query }) => query['limit'])).toEqual(['50', '100', '200', '400']);
});

test('a list that grew too old between two pages begins again, and has nothing twice', async () => {
  api.fail(({ query }) => query['continue'] !== undefined, { status: 410, message: 'too old' }, 1);
  const listing = await list(api.kube(), '/api/v1/pods', { keep: ({ metadata }) => metadata.name });
  const names = listing.ok ? listing.value : [];
  expect(new Set(names).size).toBe(600);
  expect(names.length).toBe(600);
});

test('what may not be read is a problem with the words of the API server', async () => {
  api.fail({ path: '/api/v1/pods' }, { status: 403, message: 'pods is forbidden' });
  expect(await list(api.kube(), '/api/v1/pods', { keep: () => true })).toMatchObject({
    ok: false,
    problem: { code: 'forbidden', message: expect.stringContaining('pods is forbidden') },
  });
});

test.each([
  [{ verb: 'list', group: '', resource: 'pods' }, 'list pods'],
  [{ verb: 'get', group: '', resource: 'pods', subresource: 'proxy', namespace: 'a' }, 'get pods/proxy in namespace a'],
  [{ verb: 'patch', group: 'apps', resource: 'deployments', name: 'x' }, 'patch deployments.apps "x"'],
])('%j', (access, text) => {
  expect(accessText(access)).toBe(text);
});
