import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type KubeObject, type KubeRequest, metadataOnly, patchType } from '../../src/kube/kube.ts';
import { type FakeApiServer, startApiServer } from './api-server.ts';

let api: FakeApiServer;
beforeEach(async () => {
  api = await startApiServer();
});
afterEach(() => api.stop());

const secrets = '/api/v1/namespaces/x/secrets';

async function ask<T = KubeObject>(request: KubeRequest): Promise<T> {
  const result = await api.kube().request<T>(request);
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
}

describe('objects', () => {
  test('are stored with an identity and a version, and versions are compared', async () => {
    const made = await ask({ method: 'POST', path: secrets, body: { metadata: { name: 'a' } } });
    expect(made.metadata).toMatchObject({ name: 'a', namespace: 'x', uid: expect.any(String) });
    await expect(ask({ method: 'POST', path: secrets, body: made })).rejects.toThrow('conflict');
    const next = await ask({ method: 'PUT', path: `${secrets}/a`, body: { ...made, data: { k: 'v' } } });
    expect(Number(next.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion));
    await expect(ask({ method: 'PUT', path: `${secrets}/a`, body: made })).rejects.toThrow('conflict');
    expect(await ask({ method: 'PUT', path: `${secrets}/a`, body: next })).toEqual(next);
    await ask({ method: 'DELETE', path: `${secrets}/a` });
    await expect(ask({ method: 'GET', path: `${secrets}/a` })).rejects.toThrow('not_found');
  });

  test('get names, and are not stored by a dry run', async () => {
    const body = { metadata: { generateName: 'a-' } };
    const made = await ask({ method: 'POST', path: secrets, body, query: { dryRun: 'All' } });
    expect(made.metadata.name).toMatch(/^a-.{5}$/);
    expect(api.get(`${secrets}/${made.metadata.name}`)).toBeUndefined();
  });
});

test.each([
  ['json', [{ op: 'replace', path: '/hooks/0/ca', value: 'new' }], [{ name: 'p', ca: 'new', keep: 1 }, { name: 'q' }]],
  ['merge', { hooks: [{ name: 'p', ca: 'new' }] }, [{ name: 'p', ca: 'new' }]],
  ['apply', { hooks: [{ name: 'p', ca: 'new' }] }, [{ name: 'p', ca: 'new', keep: 1 }, { name: 'q' }]],
] as const)('patch: %s', async (kind, body, hooks) => {
  api.put('/apis/g/v1/configs/c', { hooks: [{ name: 'p', ca: 'old', keep: 1 }, { name: 'q' }] });
  const query = { fieldManager: 'me' };
  await ask({ method: 'PATCH', path: '/apis/g/v1/configs/c', contentType: patchType[kind], body, query });
  expect(api.get('/apis/g/v1/configs/c')?.['hooks']).toEqual(hooks);
});

test('lists come in pages of one version, by selectors, whole or as metadata', async () => {
  for (const name of ['a', 'b', 'c']) {
    api.put(`${secrets}/${name}`, { kind: 'Secret', data: {}, metadata: { labels: { name } } });
  }
  type List = { metadata: { resourceVersion: string; continue?: string }; items: KubeObject[] };
  const path = '/api/v1/secrets';
  const first = await ask<List>({ method: 'GET', path, query: { limit: '2' } });
  api.put(`${secrets}/d`, {});
  const last = await ask<List>({ method: 'GET', path, query: { limit: '2', continue: first.metadata.continue! } });
  expect([...first.items, ...last.items].map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
  expect(last.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });
  const query = { labelSelector: 'name in (a,b),name!=a' };
  const bare = await ask<List>({ method: 'GET', path, query, accept: metadataOnly.list });
  expect(bare.items).toMatchObject([{ kind: 'PartialObjectMetadata', metadata: { name: 'b' } }]);
  expect(bare.items[0]).not.toHaveProperty('data');
  const named = await ask<List>({ method: 'GET', path, query: { fieldSelector: 'metadata.name=c' } });
  expect(named.items).toHaveLength(1);
  api.compact();
  const late = { limit: '2', continue: first.metadata.continue! };
  await expect(ask({ method: 'GET', path, query: late })).rejects.toThrow('gone');
});

test('a watch tells what was since, what comes, and what no longer matches', async () => {
  const { metadata } = api.put(`${secrets}/a`, {});
  api.put(`${secrets}/b`, { metadata: { labels: { on: 'yes' } } });
  const lines: unknown[] = [];
  const query = { watch: 'true', resourceVersion: metadata.resourceVersion!, labelSelector: 'on' };
  const path = '/api/v1/secrets';
  const stream = api.kube().stream({ method: 'GET', path, query }, (line) => lines.push(line));
  await stream.opened;
  api.put(`${secrets}/c`, { metadata: { labels: { on: 'yes' } } });
  api.put(`${secrets}/c`, { metadata: { labels: {} } });
  api.remove(`${secrets}/b`);
  api.cutWatches('end');
  expect(await stream.ended).toBeUndefined();
  const told = lines.map((line) => line as { type: string; object: KubeObject });
  expect(told.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
    'ADDED b',
    'ADDED c',
    'DELETED c',
    'DELETED b',
  ]);
});

test('faked answers, as often as told', async () => {
  api.fail({ method: 'GET', path: /secrets/ }, { status: 429, headers: { 'Retry-After': '1' } }, 1);
  const result = await api.kube().request({ method: 'GET', path: secrets });
  expect(result).toMatchObject({ ok: false, problem: { code: 'throttled', retryAfter: 1000 } });
  expect(await ask<object>({ method: 'GET', path: secrets })).toHaveProperty('items');
  expect(api.calls).toHaveLength(2);
});
