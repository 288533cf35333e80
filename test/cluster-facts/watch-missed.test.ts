import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  findMissed,
  type MissedReport,
  type MissedResult,
  type MissedWatch,
  watchMissed,
} from '../../src/cluster/watch-missed.ts';
import { metadataOnly } from '../../src/kube/kube.ts';
import { type FakeApiServer, startApiServer } from '../kube/api-server.ts';
import { steepness } from '../linear/growth.ts';
import { failed } from '../thrown.ts';

let api: FakeApiServer;
beforeEach(async () => {
  api = await startApiServer();
});
afterEach(() => api.stop());

const asking = { 'metrics-sidecar.io/inject': 'statsd' };

interface PodChanges {
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly phase?: string;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly deletionTimestamp?: string;
}

function pod(name: string, changes: PodChanges = {}): void {
  const { namespace = 'shop', annotations = asking, labels = {}, phase = 'Running', owner, ...rest } = changes;
  const ownerReferences = owner && [{ apiVersion: 'x/v1', uid: 'u', controller: true, ...owner }];
  const metadata = { name, annotations, labels, ...rest, ...(ownerReferences && { ownerReferences }) };
  api.put(`/api/v1/namespaces/${namespace}/pods/${name}`, { metadata, status: { phase } });
}

const scope = {
  now: () => 77,
  excluded: new Set(['kube-system']),
  labels: (namespace: string): Readonly<Record<string, string>> =>
    ({ labelled: { 'metrics-sidecar.io/inject': 'statsd.ingest' }, out: { 'metrics-sidecar.io/inject': 'false' } })[
      namespace
    ] ?? {},
};

async function found(): Promise<MissedReport> {
  const result = await findMissed(api.kube(), scope);
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

test.each<[what: string, changes: PodChanges, missed: number]>([
  ['asks', {}, 1],
  ['is in a namespace that asks', { annotations: {}, namespace: 'labelled' }, 1],
  ['is in a namespace that does not', { annotations: {}, namespace: 'out' }, 0],
  ['was refused', { annotations: { ...asking, 'metrics-sidecar.io/status': '{"injected":false}' } }, 0],
  ['was injected', { labels: { 'metrics-sidecar.io/injected': 'true' } }, 0],
  ['is in an excluded namespace', { namespace: 'kube-system' }, 0],
  ['is of our own', { labels: { 'app.kubernetes.io/name': 'metrics-sidecar' } }, 0],
  ['is being deleted', { deletionTimestamp: '2026-01-02T03:04:05Z' }, 0],
  ['has succeeded', { phase: 'Succeeded' }, 0],
  ['has failed', { phase: 'Failed' }, 0],
  ['is pending', { phase: 'Pending' }, 1],
])('a pod that %s', async (_, changes, missed) => {
  pod('a', changes);
  expect((await found()).pods).toBe(missed);
});

test('what is counted by owner: the one that people know, and the first ten', async () => {
  const hash = { 'pod-template-hash': '5d' };
  pod('a-1', { owner: { kind: 'ReplicaSet', name: 'orders-5d' }, labels: hash });
  pod('a-2', { owner: { kind: 'ReplicaSet', name: 'orders-5d' }, labels: hash });
  pod('b', { owner: { kind: 'ReplicaSet', name: 'by-hand' }, labels: hash });
  pod('c', { owner: { kind: 'Job', name: 'nightly-1' } });
  pod('d');
  for (let i = 0; i < 20; i++) pod(`pod-${i}`, { namespace: 'zoo' });
  const report = await found();
  expect(report).toMatchObject({ at: 77, pods: 25 });
  expect(report.examples).toHaveLength(10);
  expect(report.examples.slice(0, 4)).toEqual([
    { namespace: 'shop', kind: 'Deployment', name: 'orders', pods: 2 },
    { namespace: 'shop', kind: 'ReplicaSet', name: 'by-hand', pods: 1 },
    { namespace: 'shop', kind: 'Job', name: 'nightly-1', pods: 1 },
    { namespace: 'shop', kind: 'Pod', name: 'd', pods: 1 },
  ]);
});

test('thousands come page by page, small ones first, metadata only', async () => {
  for (let i = 0; i < 1201; i++) pod(`pod-${i}`);
  expect((await found()).pods).toBe(1201);
  expect(api.calls.map(({ query }) => query['limit'])).toEqual(['50', '100', '200', '400', '500']);
  expect(api.calls.every(({ accept }) => accept === metadataOnly.list)).toBe(true);
});

test('an empty page, which a real API server writes as null, ends nothing', async () => {
  expect(await found()).toEqual({ at: 77, pods: 0, examples: [] });
  const items = Array.from({ length: 50 }, (_, i) => ({ metadata: { name: `p-${i}`, annotations: asking } }));
  api.fail({}, { status: 200, body: { metadata: { resourceVersion: '1', continue: 'x' }, items } }, 1);
  api.fail({}, { status: 200, body: { metadata: { resourceVersion: '1' }, items: null } }, 1);
  expect((await found()).pods).toBe(50);
});

test('a list that expires between two pages goes on, and what was counted stays', async () => {
  for (let i = 100; i < 160; i++) pod(`pod-${i}`);
  const end = api.fail(
    ({ query }) => {
      if (query['continue'] !== undefined && end !== undefined) api.compact();
      return false;
    },
    { status: 500 },
  );
  const result = found();
  await api.called({ path: '/api/v1/pods' }, 2);
  end();
  expect((await result).pods).toBe(60);
  expect(api.calls).toHaveLength(3);
});

test('a list of words of any length is read in linear time, and asks', async () => {
  const words = (length: number) => Array.from({ length: length / 6 }, (_, i) => `w${i}`).join(',');
  const look = async (text: string) => {
    pod('a', { annotations: { 'metrics-sidecar.io/inject': text } });
    expect((await found()).pods).toBe(1);
  };
  expect(await steepness(look, words)).toBeUndefined();
});

test('pages of pods with 250 kB of annotations are cut at 2 MiB and asked for smaller', async () => {
  const large = { ...asking, 'example.com/notes': 'x'.repeat(250_000) };
  for (let i = 0; i < 60; i++) pod(`pod-${i}`, { annotations: large });
  expect((await found()).pods).toBe(60);
  const limits = api.calls.map(({ query }) => Number(query['limit']));
  expect(limits.slice(0, 5)).toEqual([50, 25, 12, 6, 4]);
  expect(Math.max(...limits.slice(4))).toBeLessThanOrEqual(8);
});

test('a list that breaks off is no report', async () => {
  for (let i = 0; i < 51; i++) pod(`pod-${i}`);
  api.fail(({ query }) => query['continue'] !== undefined, { status: 403 });
  expect(await findMissed(api.kube(), scope)).toMatchObject({ ok: false, at: 77, problem: { code: 'forbidden' } });
});

describe('again and again', () => {
  let watch: MissedWatch | undefined;
  afterEach(async () => {
    await watch?.stop();
    watch = undefined;
  });

  /** Starts, and gives what was found each time, as it is. */
  function start(interval: number): () => Promise<MissedResult> {
    const results: MissedResult[] = [];
    let heard = () => {};
    watch = watchMissed(api.kube(), { ...scope, now: Date.now, random: () => 0.5, interval, failed }, (result) => {
      results.push(result);
      heard();
    });
    return async () => {
      while (results.length === 0) {
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
      return results.shift()!;
    };
  }

  test('each look reports, one that fails does not end it', async () => {
    pod('a');
    api.fail({ path: '/api/v1/pods' }, { status: 403, message: 'pods is forbidden' }, 1);
    const next = start(5);
    expect(await next()).toMatchObject({ ok: false, problem: { code: 'forbidden' } });
    expect(await next()).toMatchObject({ ok: true, value: { pods: 1 } });
    pod('b');
    expect(await next()).toMatchObject({ ok: true, value: { pods: 2 } });
  });

  test('stop waits for the look that is under way, and nothing is reported after it', async () => {
    pod('a');
    const next = start(1);
    await next();
    await watch!.stop();
    const asked = api.calls.length;
    await new Promise(setImmediate);
    expect(api.calls).toHaveLength(asked);
  });

  test('stop before the first look asks nothing', async () => {
    start(1_000_000);
    await watch!.stop();
    expect(api.calls).toEqual([]);
  });
});
