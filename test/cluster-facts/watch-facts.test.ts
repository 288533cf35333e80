import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ClusterFacts, watchFacts } from '../../src/cluster/watch-facts.ts';
import { type FakeApiServer, startApiServer } from '../kube/api-server.ts';
import { failed } from '../thrown.ts';

let api: FakeApiServer;
let facts: ClusterFacts | undefined;
beforeEach(async () => {
  api = await startApiServer();
});
afterEach(async () => {
  facts?.stop();
  facts = undefined;
  await api.stop();
});

function node(name: string, kubeletVersion: string | undefined, os = 'linux'): void {
  const status = kubeletVersion === undefined ? {} : { nodeInfo: { kubeletVersion } };
  api.put(`/api/v1/nodes/${name}`, { metadata: { name, labels: { 'kubernetes.io/os': os } }, status });
}

function limitRange(namespace: string, name: string, ...limits: unknown[]): void {
  api.put(`/api/v1/namespaces/${namespace}/limitranges/${name}`, { spec: { limits } });
}

function start(): ClusterFacts {
  facts = watchFacts(api.kube(), { now: Date.now, random: () => 0, failed });
  return facts;
}

async function started(): Promise<ClusterFacts> {
  const from = start();
  await from.whenSynced;
  return from;
}

/** Resolves when `is` holds, which is asked again after each change. */
function until(from: ClusterFacts, is: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const end = from.onChange(() => ask());
    const ask = () => {
      if (!is()) return;
      end();
      resolve();
    };
    ask();
  });
}

const max = { type: 'Container', max: { memory: '100Mi' } };
const ratio = { type: 'Pod', maxLimitRequestRatio: { cpu: '2' } };

test('kubelets, labels and LimitRanges of a namespace', async () => {
  node('a', 'v1.35.4');
  node('b', 'v1.28.1');
  node('c', 'v1.35.4');
  node('w', 'v1.20.0', 'windows');
  node('new', undefined);
  api.put('/api/v1/namespaces/shop', { metadata: { name: 'shop', labels: { team: 'x' } } });
  limitRange('shop', 'z', ratio);
  limitRange('shop', 'a', max, { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }, { type: 'Pod', max: 7 });
  limitRange('other', 'b', ratio);
  const from = await started();
  expect(from.of('shop')).toEqual({
    namespace: { name: 'shop', labels: { team: 'x' }, limitRanges: [max, ratio] },
    kubelets: ['v1.28.1', 'v1.35.4'],
  });
  expect(from.of('unheard-of')).toEqual({
    namespace: { name: 'unheard-of', labels: {}, limitRanges: [] },
    kubelets: ['v1.28.1', 'v1.35.4'],
  });
});

test('the ResourceQuotas of a namespace by name, as they are used; another object when one changes, and only there', async () => {
  const quota = (namespace: string, name: string, used: string) =>
    api.put(`/api/v1/namespaces/${namespace}/resourcequotas/${name}`, {
      spec: { hard: { pods: '9' }, scopes: ['NotTerminating'] },
      status: { hard: { pods: '9' }, used: { pods: used } },
    });
  quota('shop', 'z', '1');
  quota('shop', 'a', '2');
  quota('mail', 'm', '3');
  const from = await started();
  const left = (namespace: string) => from.of(namespace).namespace.quotas?.map(({ name, left }) => [name, left.pods]);
  expect([left('shop'), left('mail'), left('unheard-of')]).toEqual([
    [
      ['a', 7_000_000_000n],
      ['z', 8_000_000_000n],
    ],
    [['m', 6_000_000_000n]],
    undefined,
  ]);
  const [shop, mail] = [from.of('shop'), from.of('mail')];
  quota('shop', 'z', '9');
  await until(from, () => from.of('shop') !== shop);
  expect(left('shop')?.[1]).toEqual(['z', 0n]);
  expect(from.of('mail')).toBe(mail);
  api.remove('/api/v1/namespaces/shop/resourcequotas/z');
  api.remove('/api/v1/namespaces/shop/resourcequotas/a');
  await until(from, () => from.of('shop').namespace.quotas === undefined);
});

test('of namespaces only the metadata is asked for', async () => {
  await started();
  const asked = api.calls.filter(({ path }) => path === '/api/v1/namespaces');
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.every(({ accept }) => accept.includes('PartialObjectMetadata'))).toBe(true);
});

describe('what changes', () => {
  beforeEach(() => {
    node('a', 'v1.35.4');
    api.put('/api/v1/namespaces/shop', { metadata: { name: 'shop', labels: { team: 'x' } } });
    limitRange('shop', 'z', max);
  });

  test('the same object as long as nothing does; a heartbeat of a node is nothing', async () => {
    const from = await started();
    const [shop, mail] = [from.of('shop'), from.of('mail')];
    expect(from.of('shop')).toBe(shop);
    const heard = new Promise<void>((resolve) => from.onChange(resolve));
    node('a', 'v1.35.4');
    await heard;
    expect(from.of('shop')).toBe(shop);
    expect(from.of('mail')).toBe(mail);
  });

  test('the same object when a node of a known version joins', async () => {
    const from = await started();
    const shop = from.of('shop');
    node('b', 'v1.35.4');
    node('c', 'v1.28.1');
    await until(from, () => from.of('shop') !== shop);
    const [both] = [from.of('shop')];
    api.remove('/api/v1/nodes/b');
    api.put('/api/v1/namespaces/mail', { metadata: { name: 'mail', labels: { heard: 'yes' } } });
    await until(from, () => from.of('mail').namespace.labels.heard === 'yes');
    expect(from.of('shop')).toBe(both);
  });

  test('another object where its labels or LimitRanges did, and only there', async () => {
    const from = await started();
    const [shop, mail] = [from.of('shop'), from.of('mail')];
    api.put('/api/v1/namespaces/shop', { metadata: { name: 'shop', labels: { team: 'y' } } });
    await until(from, () => from.of('shop').namespace.labels.team === 'y');
    api.remove('/api/v1/namespaces/shop/limitranges/z');
    await until(from, () => from.of('shop').namespace.limitRanges.length === 0);
    expect(from.of('shop')).not.toBe(shop);
    expect(from.of('mail')).toBe(mail);
  });

  test('nodes come, are upgraded, become Windows, and go', async () => {
    const from = await started();
    const kubelets = () => from.of('shop').kubelets?.join();
    node('b', 'v1.28.1');
    await until(from, () => kubelets() === 'v1.28.1,v1.35.4');
    node('b', 'v1.29.0');
    await until(from, () => kubelets() === 'v1.29.0,v1.35.4');
    node('b', 'v1.29.0', 'windows');
    await until(from, () => kubelets() === 'v1.35.4');
    api.remove('/api/v1/nodes/a');
    await until(from, () => kubelets() === '');
  });
});

test('kubelets are unknown until the nodes were listed; the rest does not wait for them', async () => {
  node('a', 'v1.35.4');
  api.put('/api/v1/namespaces/shop', { metadata: { name: 'shop', labels: { team: 'x' } } });
  const mend = api.fail({ path: '/api/v1/nodes' }, { status: 403, message: 'nodes is forbidden' });
  const from = start();
  expect(from.of('shop').kubelets).toBeNull();
  await until(from, () => from.sources().filter(({ synced }) => synced).length === 3);
  await until(from, () => from.sources().some(({ problem }) => problem !== undefined));
  expect(from.of('shop')).toMatchObject({ namespace: { labels: { team: 'x' } }, kubelets: null });
  expect(from.sources()).toMatchObject([
    { resource: 'nodes', synced: false, confirmed: undefined, problem: expect.stringContaining('nodes is forbidden') },
    { resource: 'namespaces', synced: true, confirmed: expect.any(Number), problem: undefined },
    { resource: 'limitranges', synced: true, confirmed: expect.any(Number), problem: undefined },
    { resource: 'resourcequotas', synced: true, confirmed: expect.any(Number), problem: undefined },
  ]);
  mend();
});

test('what was known stays while the API server is gone', async () => {
  node('a', 'v1.35.4');
  const from = await started();
  const known = from.of('shop');
  const watched = () => api.watches() === 3;
  await until(from, watched);
  api.fail(() => true, 'reset');
  api.cutWatches();
  await until(from, () => from.sources().every(({ problem }) => problem !== undefined));
  expect(from.of('shop')).toBe(known);
  expect(from.sources().every(({ synced, confirmed }) => synced && confirmed !== undefined)).toBe(true);
});

test('stop ends the watches', async () => {
  const from = await started();
  from.stop();
  await from.whenSynced;
  expect(from.of('shop').kubelets).toEqual([]);
});

test("the first user of a namespace's range, read again when the namespace changes", async () => {
  const range = (text: string | undefined) =>
    api.put('/api/v1/namespaces/shop', {
      metadata: { name: 'shop', annotations: text === undefined ? {} : { 'openshift.io/sa.scc.uid-range': text } },
    });
  range('1000680000/10000');
  const from = await started();
  expect(from.of('shop').namespace).toEqual({ name: 'shop', labels: {}, limitRanges: [], user: 1_000_680_000 });
  expect(from.of('shop')).toBe(from.of('shop'));
  range('1000-2000');
  await until(from, () => from.of('shop').namespace.user === 1000);
  range('nobody');
  await until(from, () => !('user' in from.of('shop').namespace));
  range('5/5');
  await until(from, () => from.of('shop').namespace.user === 5);
  range(undefined);
  await until(from, () => !('user' in from.of('shop').namespace));
});
