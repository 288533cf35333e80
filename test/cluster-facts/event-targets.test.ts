import { afterEach, beforeEach, expect, test } from 'vitest';
import { controllerTarget, createEventTargets } from '../../src/cluster/event-targets.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { type FakeApiServer, startApiServer } from '../kube/api-server.ts';
import { notification, putReplicaSet } from './notification.ts';

let api: FakeApiServer;
beforeEach(async () => {
  api = await startApiServer();
});
afterEach(() => api.stop());

const replicaSet = notification().owner!;
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders', uid: 'deploy-1' };

const reference = { ...replicaSet, controller: true };

test.each<[what: string, object: JsonObject | undefined, owner: object | undefined]>([
  ['a controller', { metadata: { ownerReferences: [{ kind: 'X' }, reference] } }, replicaSet],
  [
    'an owner that controls nothing',
    { metadata: { ownerReferences: [{ ...reference, controller: false }] } },
    undefined,
  ],
  ['one without a name', { metadata: { ownerReferences: [{ ...reference, name: '' }] } }, undefined],
  ['one that is no object', { metadata: { ownerReferences: ['x'] } }, undefined],
  ['no metadata', {}, undefined],
  ['no object', undefined, undefined],
])('%s', (_, object, owner) => {
  expect(controllerTarget(object)).toEqual(owner);
});

test('a target that was found is remembered, in its namespace alone', async () => {
  putReplicaSet(api);
  const owners = createEventTargets(api.kube(), 10);
  expect(owners.remembered('shop', replicaSet)).toBeUndefined();
  expect(await owners.find({ namespace: 'shop', target: replicaSet })).toEqual({ ok: true, value: deployment });
  expect(owners.remembered('shop', replicaSet)).toEqual(deployment);
  // A pod of another namespace may claim the same owner, uid included.
  expect(owners.remembered('mallory', replicaSet)).toBeUndefined();
  expect(await owners.find({ namespace: 'mallory', target: replicaSet })).toEqual({ ok: true, value: undefined });
  expect(owners.remembered('shop', replicaSet)).toEqual(deployment);
});

test('what the API server did not answer is asked again', async () => {
  putReplicaSet(api);
  api.fail(() => true, { status: 503 }, 1);
  const owners = createEventTargets(api.kube(), 10);
  expect(await owners.find({ namespace: 'shop', target: replicaSet })).toMatchObject({ ok: false });
  expect(owners.remembered('shop', replicaSet)).toBeUndefined();
  expect(await owners.find({ namespace: 'shop', target: replicaSet })).toEqual({ ok: true, value: deployment });
});

test('a pod of a name is another one each time', async () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', name: 'bare' };
  const owners = createEventTargets(api.kube(), 10);
  for (const uid of ['1', '2']) {
    api.put('/api/v1/namespaces/shop/pods/bare', {
      metadata: { name: 'bare', uid, annotations: { 'metrics-sidecar.io/status': '{}' } },
    });
    expect(owners.remembered('shop', pod)).toBeUndefined();
    expect(await owners.find({ namespace: 'shop', target: pod })).toEqual({ ok: true, value: { ...pod, uid } });
    api.remove('/api/v1/namespaces/shop/pods/bare');
  }
});
