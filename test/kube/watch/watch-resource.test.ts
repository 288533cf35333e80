import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { KubeObject } from '../../../src/kube/kube.ts';
import type { ResourceWatch, WatchOptions } from '../../../src/kube/watch/resource-watch.ts';
import { type WatchLimits, watchLimits, watchResource } from '../../../src/kube/watch/watch-resource.ts';
import { failed } from '../../thrown.ts';
import { type FakeApiServer, startApiServer } from '../api-server.ts';
import { has, seen, until } from '../watched-items.ts';

let api: FakeApiServer;
beforeEach(async () => {
  api = await startApiServer();
});
afterEach(() => api.stop());

const path = '/api/v1/configmaps';
const at = (name: string) => `/api/v1/namespaces/x/configmaps/${name}`;
const lists = () => api.calls.filter(({ query }) => query['watch'] === undefined).length;
const dataOf = (object: KubeObject) => object['data'];

function start(more: Partial<WatchOptions<unknown>> = {}, limits: Partial<WatchLimits> = {}): ResourceWatch<unknown> {
  const watched = watchResource<unknown>(
    api.kube(),
    { path, keep: dataOf, ...more },
    { now: Date.now, random: () => 0, failed, limits: { ...watchLimits, ...limits } },
  );
  onTestFinished(watched.stop);
  return watched;
}

describe('a list, and a watch from there', () => {
  test('in pages, of what is selected', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) api.put(at(name), { data: name, metadata: { labels: { on: '1' } } });
    api.put(at('f'), { data: 'f' });
    const watched = start({ query: { labelSelector: 'on=1' } }, { firstPage: 2 });
    expect(watched.synced()).toBe(false);
    expect(watched.confirmed()).toBeUndefined();
    await watched.whenSynced;
    expect(watched.synced()).toBe(true);
    expect(seen(watched)).toEqual({ 'x/a': 'a', 'x/b': 'b', 'x/c': 'c', 'x/d': 'd', 'x/e': 'e' });
    await api.called({ watch: true });
    expect(
      api.calls.map(({ query: { limit, continue: next, labelSelector } }) => [limit, next, labelSelector]),
    ).toEqual([
      ['2', undefined, 'on=1'],
      ['4', 'page-1', 'on=1'],
      [undefined, undefined, 'on=1'],
    ]);
    expect(api.calls.at(-1)?.query).toMatchObject({ allowWatchBookmarks: 'true', timeoutSeconds: '300' });
    expect(api.calls.every(({ query }) => query['resourceVersion'] === undefined || query['watch'])).toBe(true);
  });

  test('what is put, changed, removed, and no longer selected', async () => {
    api.put(at('a'), { data: 1, metadata: { labels: { on: '1' } } });
    const watched = start({ query: { labelSelector: 'on=1' } });
    await watched.whenSynced;
    api.put(at('b'), { data: 1, metadata: { labels: { on: '1' } } });
    api.put(at('a'), { data: 2, metadata: { labels: { on: '1' } } });
    await has(watched, 'x/a', 2);
    expect(seen(watched)).toEqual({ 'x/a': 2, 'x/b': 1 });
    api.remove(at('a'));
    api.put(at('b'), { data: 1 });
    await until(watched, () => watched.items().size === 0);
    expect(lists()).toBe(1);
  });

  test('metadata alone', async () => {
    api.put('/api/v1/namespaces/x', { kind: 'Namespace', spec: {}, metadata: { labels: { a: 'b' } } });
    const kept: KubeObject[] = [];
    const keep = (object: KubeObject) => kept.push(object);
    const watched = start({ path: '/api/v1/namespaces', metadataOnly: true, keep });
    await watched.whenSynced;
    api.put('/api/v1/namespaces/y', { kind: 'Namespace', spec: {} });
    await until(watched, () => watched.items().has('y'));
    expect(kept.map(({ kind, spec, metadata }) => [kind, spec, metadata.name])).toEqual([
      ['PartialObjectMetadata', undefined, 'x'],
      ['PartialObjectMetadata', undefined, 'y'],
    ]);
    expect(api.calls.map(({ accept }) => accept)).toEqual([
      expect.stringContaining('PartialObjectMetadataList'),
      expect.stringMatching(/PartialObjectMetadata;/),
    ]);
  });

  test('the map is the same until something changes, and one call tells of many changes', async () => {
    api.put(at('a'), { data: 1 });
    const watched = start();
    await watched.whenSynced;
    await until(watched, () => api.watches() === 1);
    const before = watched.items();
    let calls = 0;
    watched.onChange(() => {
      calls += 1;
    });
    api.put(at('a'), { data: 1, status: 'elsewhere' });
    api.bookmark();
    await until(watched, () => calls > 0);
    expect(watched.items()).toBe(before);
    calls = 0;
    for (let value = 0; value < 100; value++) api.put(at('b'), { data: value });
    await has(watched, 'x/b', 99);
    expect(watched.items()).not.toBe(before);
    expect(before.size).toBe(1);
    expect(calls).toBeLessThan(50);
  });

  test('stopped: waiting ends, nothing more is told, the connection is closed', async () => {
    api.fail({}, 'hang');
    const watched = start();
    let told = 0;
    watched.onChange(() => {
      told += 1;
    });
    watched.stop();
    await watched.whenSynced;
    expect([watched.synced(), told]).toEqual([false, 0]);
  });
});

describe('when it breaks', () => {
  test.each(['cut', 'end'] as const)('%s: it goes on where it was', async (how) => {
    api.put(at('a'), { data: 1 });
    const watched = start();
    await watched.whenSynced;
    await api.called({ watch: true });
    api.put(at('b'), { data: 1 });
    await has(watched, 'x/b', 1);
    api.cutWatches(how);
    api.put(at('b'), { data: 2 });
    api.remove(at('a'));
    await has(watched, 'x/b', 2);
    await until(watched, () => !watched.items().has('x/a'));
    expect(lists()).toBe(1);
    expect(watched.problem()).toBeUndefined();
  });

  test('a bookmark moves the place to go on from', async () => {
    const watched = start();
    await watched.whenSynced;
    await api.called({ watch: true });
    api.put('/api/v1/namespaces/x/secrets/s', {});
    const before = watched.confirmed();
    expect(before).toBeTypeOf('number');
    const told = new Promise<void>((resolve) => watched.onChange(resolve));
    api.bookmark();
    await told;
    api.cutWatches();
    await api.called({ watch: true }, 2);
    const [first, second] = api.calls
      .filter(({ query }) => query['watch'])
      .map(({ query }) => query['resourceVersion']);
    expect(Number(second)).toBeGreaterThan(Number(first));
  });

  test.each([
    ['as an event', undefined],
    ['as a status', { status: 410 }],
  ])('history that is gone, %s: all is listed again', async (_, status) => {
    api.put(at('a'), { data: 1 });
    api.put(at('b'), { data: 1 });
    const watched = start();
    await watched.whenSynced;
    await api.called({ watch: true });
    if (status !== undefined) api.fail({ watch: true }, status, 1);
    api.cutWatches();
    api.remove(at('a'));
    api.put(at('b'), { data: 2 });
    if (status === undefined) api.compact();
    await has(watched, 'x/b', 2);
    expect(seen(watched)).toEqual({ 'x/b': 2 });
    expect(lists()).toBe(2);
  });

  test('a list that gets too old between its pages starts again, in pages', async () => {
    for (const name of ['a', 'b', 'c']) api.put(at(name), { data: name });
    api.fail(({ query }) => query['continue'] !== undefined, { status: 410 }, 1);
    const watched = start({}, { firstPage: 2 });
    await watched.whenSynced;
    expect(seen(watched)).toEqual({ 'x/a': 'a', 'x/b': 'b', 'x/c': 'c' });
    expect(api.calls.slice(0, 3).map(({ query }) => query)).toEqual([
      { limit: '2' },
      { limit: '4', continue: 'page-1' },
      { limit: '4' },
    ]);
  });

  test('silence: all is listed again', async () => {
    const watched = start({}, { silence: 30 });
    await watched.whenSynced;
    await api.called({ watch: true }, 2);
    expect(lists()).toBeGreaterThan(1);
  });

  test('a place that the API server has not reached is silence, not the truth', async () => {
    // As a real one whose etcd was restored: it takes the watch and tells nothing.
    api.fail({ watch: true }, 'silence', 1);
    const watched = start({}, { silence: 30 });
    await watched.whenSynced;
    api.put(at('a'), { data: 1 });
    await has(watched, 'x/a', 1);
  });
});

describe('what is in the way is told', () => {
  test.each([
    ['forbidden', { status: 403, message: 'nodes is forbidden' }, /403: nodes is forbidden/],
    ['unauthorized', { status: 401, message: 'Unauthorized' }, /401: Unauthorized/],
    ['not served', { status: 404, message: 'could not find' }, /404: could not find/],
    ['broken', 'reset', /HTTP: .* gave no whole answer/],
    ['not a list', { status: 200, body: { kind: 'Status' } }, /200: not a list/],
    ['a list of nothing', { status: 200, body: { metadata: { resourceVersion: '1' }, items: [null] } }, /not a list/],
  ] as const)('%s, until it no longer is', async (_, answer, text) => {
    api.put(at('a'), { data: 1 });
    const end = api.fail({}, answer);
    const watched = start();
    await until(watched, () => watched.problem() !== undefined);
    expect(watched.problem()).toMatch(text);
    expect(watched.synced()).toBe(false);
    end();
    await watched.whenSynced;
    expect(watched.problem()).toBeUndefined();
    expect(seen(watched)).toEqual({ 'x/a': 1 });
  });

  test('rights that are taken later: the copy stays, with the problem beside it', async () => {
    api.put(at('a'), { data: 1 });
    const watched = start();
    await watched.whenSynced;
    await api.called({ watch: true });
    const end = api.fail({}, { status: 403 });
    api.cutWatches();
    await until(watched, () => watched.problem() !== undefined);
    expect([watched.synced(), seen(watched)]).toEqual([true, { 'x/a': 1 }]);
    end();
    await until(watched, () => watched.problem() === undefined);
  });
});
