import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEvents, type EventLimits, type Events, type OwnerNotification } from '../../src/cluster/events.ts';
import type { Decision } from '../../src/inject/outcome/outcome.ts';
import { metadataOnly } from '../../src/kube/kube.ts';
import { type FakeApiServer, startApiServer } from '../kube/api-server.ts';
import { failed as thrown } from '../thrown.ts';
import { createLedger, eventsOf, type Ledger, notification, putOwner, putReplicaSet, quick } from './notification.ts';

let api: FakeApiServer;
let ledger: Ledger;
let events: Events | undefined;
beforeEach(async () => {
  api = await startApiServer();
  ledger = createLedger();
});
afterEach(async () => {
  await events?.stop();
  events = undefined;
  await api.stop();
});

function start(limits: Partial<EventLimits> = {}, kube = api.kube()): Events {
  const { counted } = ledger;
  const all = { ...quick, ...limits };
  events = createEvents(kube, {
    now: Date.now,
    random: () => 0,
    instance: 'webhook-1',
    counted,
    failed: thrown,
    limits: all,
  });
  return events;
}

const asks = () => api.calls.map(({ method, path }) => `${method} ${path}`);
/** What was asked but for the search of the owner. */
const writes = () => asks().filter((call) => !call.startsWith('GET'));
const inShop = '/api/v1/namespaces/shop/events';

describe('the object of an Event', () => {
  test("the Deployment of the pod's ReplicaSet, found by one request for metadata", async () => {
    putReplicaSet(api);
    const { notify } = start();
    for (let i = 0; i < 1000; i++) notify(notification());
    await ledger.reached(1000);
    expect(asks()).toEqual(['GET /apis/apps/v1/namespaces/shop/replicasets/orders-5d', `POST ${inShop}`]);
    expect(api.calls[0]).toMatchObject({ accept: metadataOnly.one });
    expect(eventsOf(api)).toMatchObject([
      {
        involvedObject: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: 'orders',
          namespace: 'shop',
          uid: 'deploy-1',
        },
        count: 1000,
        reportingInstance: 'webhook-1',
      },
    ]);
    expect(ledger.counts).toEqual({ sent: 1, aggregated: 999, dropped: 0, failed: 0, not_found: 0 });
    notify(notification());
    await ledger.reached(1001);
    // Its owner is known by now, and the Event is counted up.
    expect(asks().slice(2)).toEqual([expect.stringMatching(`^PATCH ${inShop}/orders\\.`)]);
    expect(eventsOf(api)).toMatchObject([{ count: 1001 }]);
  });

  test('two ReplicaSets of one Deployment make one Event', async () => {
    putReplicaSet(api);
    const older = api.get('/apis/apps/v1/namespaces/shop/replicasets/orders-5d')!;
    const name = 'orders-4c';
    api.put(`/apis/apps/v1/namespaces/shop/replicasets/${name}`, {
      metadata: { ...older.metadata, name, uid: 'rs-0' },
    });
    const { notify } = start({ delay: 20 });
    notify(notification());
    notify(notification({ owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: 'rs-0' } }));
    await ledger.reached(2);
    expect(eventsOf(api)).toMatchObject([{ count: 2, involvedObject: { name: 'orders' } }]);
  });

  test('the CronJob of a Job', async () => {
    const cron = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid: 'cron-1', controller: true };
    api.put('/apis/batch/v1/namespaces/shop/jobs/nightly-1', {
      metadata: { name: '', uid: 'j', ownerReferences: [cron] },
    });
    start().notify(notification({ owner: { apiVersion: 'batch/v1', kind: 'Job', name: 'nightly-1', uid: 'j' } }));
    await ledger.reached(1);
    expect(eventsOf(api)).toMatchObject([{ involvedObject: { kind: 'CronJob', name: 'nightly' } }]);
  });

  test.each(['StatefulSet', 'DaemonSet'])('a %s, found by its uid', async (kind) => {
    const owner = { apiVersion: 'apps/v1', kind, name: 'orders', uid: 's' };
    putOwner(api, owner);
    start().notify(notification({ owner }));
    await ledger.reached(1);
    expect(eventsOf(api)).toMatchObject([{ involvedObject: owner }]);
  });

  test.each<[string, (() => void) | undefined, Partial<OwnerNotification>]>([
    ['an owner that is not there', undefined, {}],
    ['another object of that name', () => putReplicaSet(api, 'rs-2'), {}],
    [
      'an owner that may not be read',
      () => {
        putReplicaSet(api);
        api.fail({ path: /replicasets/ }, { status: 403 });
      },
      {},
    ],
    ['an owner of a kind that is not read', undefined, { owner: { ...notification().owner!, kind: 'Rollout' } }],
    [
      'an owner of another group',
      () => putReplicaSet(api),
      { owner: { ...notification().owner!, apiVersion: 'example.com/v1' } },
    ],
    [
      'an owner without a uid',
      () => putReplicaSet(api),
      { owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'orders-5d' } },
    ],
    [
      'an owner whose name leads elsewhere',
      () => putReplicaSet(api),
      { owner: { ...notification().owner!, name: '../../..' } },
    ],
    ['an owner of another namespace', () => putReplicaSet(api), { namespace: 'mallory' }],
    ['a pod that does not exist', undefined, { owner: undefined, pod: { name: 'bare', generateName: '' } }],
    [
      'a pod that nobody judged',
      () => api.put('/api/v1/namespaces/shop/pods/bare', { metadata: { name: 'bare', uid: 'pod-1' } }),
      { owner: undefined, pod: { name: 'bare', generateName: '' } },
    ],
  ])('nothing: %s', async (_, given, changes) => {
    given?.();
    start().notify(notification(changes));
    await ledger.reached(1);
    expect(ledger.counts).toMatchObject({ not_found: 1 });
    expect(eventsOf(api)).toEqual([]);
  });

  test('a pod without an owner, by the uid that it has got since', async () => {
    api.put('/api/v1/namespaces/shop/pods/bare', {
      metadata: { name: 'bare', uid: 'pod-1', annotations: { 'metrics-sidecar.io/status': '{}' } },
    });
    start().notify(notification({ owner: undefined, pod: { name: 'bare', generateName: '' } }));
    await ledger.reached(1);
    expect(api.calls[0]).toMatchObject({
      path: '/api/v1/namespaces/shop/pods',
      query: { fieldSelector: 'metadata.name=bare' },
      accept: metadataOnly.list,
    });
    expect(eventsOf(api)).toMatchObject([{ involvedObject: { kind: 'Pod', name: 'bare', uid: 'pod-1' } }]);
  });
});

describe('no Event', () => {
  test.each([
    ['a dry run', notification({ dryRun: true })],
    ['nothing that was done', notification({ outcome: { decision: 'unchanged', kinds: ['statsd'], reasons: [] } })],
    [
      'a pod without an owner that was refused',
      notification({
        owner: undefined,
        pod: { name: 'bare', generateName: '' },
        outcome: { decision: 'denied', kinds: [], reasons: [] },
      }),
    ],
    ['a pod without owner and name', notification({ owner: undefined, pod: { name: '', generateName: 'x-' } })],
    [
      'an owner that nothing could be called',
      notification({ owner: { ...notification().owner!, name: 'x'.repeat(254) } }),
    ],
  ])('%s', async (_, one) => {
    const { notify, stop } = start();
    notify(one);
    await stop();
    expect(api.calls).toEqual([]);
    expect(ledger.counts).toEqual({ sent: 0, aggregated: 0, dropped: 0, failed: 0, not_found: 0 });
  });
});

describe('what the API server says', () => {
  const stateful = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'orders', uid: 's' };
  const one = notification({ owner: stateful });
  beforeEach(() => putOwner(api, stateful));

  test('an Event that has expired begins anew', async () => {
    const { notify } = start();
    notify(one);
    await ledger.reached(1);
    const [{ metadata: first } = { metadata: { name: '' } }] = eventsOf(api);
    api.remove(`${inShop}/${first.name}`);
    notify(one);
    await ledger.reached(2);
    expect(eventsOf(api)).toMatchObject([{ count: 1 }]);
    expect(ledger.counts).toMatchObject({ sent: 2, failed: 0, not_found: 0 });
  });

  test.each([403, 404, 422])('%i: it failed, and nothing is tried again', async (status) => {
    api.fail({ method: 'POST' }, { status });
    const { notify, stop } = start();
    for (let i = 0; i < 10; i++) notify(one);
    await ledger.reached(10);
    await stop();
    expect(writes()).toEqual([`POST ${inShop}`]);
    expect(ledger.counts).toEqual({ sent: 0, aggregated: 0, dropped: 0, failed: 10, not_found: 0 });
  });

  test.each([429, 500, 503])('%i: it is tried again later, and then it failed', async (status) => {
    const mend = api.fail({ method: 'POST' }, { status }, 3);
    const { notify } = start();
    notify(one);
    await ledger.reached(1);
    expect(writes()).toHaveLength(4);
    expect(ledger.counts).toMatchObject({ sent: 1, failed: 0, not_found: 0 });
    mend();
    api.fail({ method: 'PATCH' }, { status });
    notify(one);
    await ledger.reached(2);
    expect(writes()).toHaveLength(8);
    expect(ledger.counts).toMatchObject({ sent: 1, failed: 1 });
  });

  test('a write whose answer was lost is not written twice', async () => {
    // The first POST is stored, and its answer lost on the way.
    api.fail(
      { method: 'POST' },
      ({ path, body }) => {
        const { metadata } = body as { metadata: { name: string } };
        api.put(`${path}/${metadata.name}`, body as object);
        return { status: 503 };
      },
      1,
    );
    const { notify } = start();
    notify(one);
    await ledger.reached(1);
    expect(eventsOf(api)).toMatchObject([{ count: 1 }]);
    expect(writes()).toEqual([`POST ${inShop}`, `POST ${inShop}`, expect.stringMatching(`^PATCH ${inShop}/orders\\.`)]);
  });
});

describe('bounds', () => {
  const owners = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      notification({ owner: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: `d-${i}`, uid: `d-${i}` } }),
    );
  beforeEach(() => {
    for (const { owner } of owners(5)) putOwner(api, owner!);
  });

  test('what there is no room for is dropped', async () => {
    const { notify, stop } = start({ waiting: 3, delay: 1000 });
    owners(5).forEach(notify);
    expect(ledger.counts.dropped).toBe(2);
    await stop();
    expect(ledger.counts).toEqual({ sent: 3, aggregated: 0, dropped: 2, failed: 0, not_found: 0 });
  });

  test('what goes beyond the budget waits, and is dropped at the end', async () => {
    const { notify, stop } = start({ rate: 0.001, burst: 7 });
    owners(5).forEach(notify);
    await ledger.reached(2);
    await stop();
    expect(writes()).toHaveLength(2);
    expect(ledger.counts).toEqual({ sent: 2, aggregated: 0, dropped: 3, failed: 0, not_found: 0 });
  });

  test('stop writes the Events that wait, and drops all notifications after it', async () => {
    const { notify, stop } = start({ delay: 1_000_000 });
    owners(3).forEach(notify);
    await stop();
    expect(ledger.counts).toMatchObject({ sent: 3, dropped: 0 });
    notify(owners(1)[0]!);
    expect(ledger.counts).toMatchObject({ sent: 3, dropped: 1 });
    expect(writes()).toHaveLength(3);
  });

  test('stop waits no longer than it may for an API server that does not answer', async () => {
    api.fail(() => true, 'hang');
    const kube = api.kube();
    const { notify, stop } = start({ stop: 30 }, kube);
    owners(2).forEach(notify);
    await api.called({ method: 'GET' });
    await stop();
    const counts = { sent: 0, aggregated: 0, dropped: 2, failed: 0, not_found: 0 };
    expect(ledger.counts).toEqual(counts);
    // The request that was under way ends now, and is not counted again.
    kube.close();
    await new Promise(setImmediate);
    expect(ledger.counts).toEqual(counts);
  });
});

test('notifications are conserved: those in written Events are those notification, less the dropped and failed', async () => {
  const decision = fc.constantFrom<Decision>('injected', 'skipped', 'invalid', 'denied');
  const telling = fc.record({ decision, owner: fc.integer({ min: 0, max: 4 }), pause: fc.boolean() });
  const answers = fc.array(fc.constantFrom(undefined, undefined, undefined, 403, 404, 429, 500), { maxLength: 30 });
  const bounds = fc.record({
    waiting: fc.integer({ min: 1, max: 8 }),
    burst: fc.integer({ min: 1, max: 60 }),
    window: fc.constantFrom(0, 5),
    attempts: fc.integer({ min: 1, max: 3 }),
    remembered: fc.integer({ min: 1, max: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(telling, { maxLength: 60 }), answers, bounds, async (notifications, given, limits) => {
      const server = await startApiServer();
      const own = createLedger();
      for (let i = 0; i < 5; i++) {
        const name = `rs-${i}`;
        server.put(`/apis/apps/v1/namespaces/shop/replicasets/${name}`, { metadata: { name, uid: name } });
      }
      let call = -1;
      const status = () => given[call % (given.length || 1)];
      server.fail(
        () => {
          call += 1;
          return status() !== undefined;
        },
        () => ({ status: status()! }),
      );
      const { notify, stop } = createEvents(server.kube(), {
        now: Date.now,
        random: () => 0,
        instance: 'webhook-1',
        counted: own.counted,
        failed: thrown,
        limits: { ...quick, rate: 1000, ...limits },
      });
      for (const { decision, owner, pause } of notifications) {
        const reasons = [{ code: 'bad_value', subject: 'x', detail: String(owner % 2) }] as const;
        const uid = `rs-${owner}`;
        notify(
          notification({
            owner: { ...notification().owner!, name: uid, uid },
            outcome: { decision, kinds: [], reasons },
          }),
        );
        if (pause) await new Promise(setImmediate);
      }
      await stop();
      const { sent, aggregated, dropped, failed, not_found: notFound } = own.counts;
      expect(sent + aggregated + dropped + failed + notFound).toBe(notifications.length);
      const counts = eventsOf(server).map(({ count }) => count);
      expect(counts.reduce((a, b) => a + b, 0)).toBe(sent + aggregated);
      await server.stop();
    }),
    { numRuns: 40 },
  );
});
