import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStore } from '../../src/certificates/store/authority-store.ts';
import { list } from '../../src/check/cluster/reading.ts';
import { createEventTargets } from '../../src/cluster/event-targets.ts';
import { createEventWriter } from '../../src/cluster/event-writer.ts';
import { findMissed } from '../../src/cluster/watch-missed.ts';
import type { Kube } from '../../src/kube/kube.ts';
import { watchOnce } from '../../src/kube/watch/watch-once.ts';
import { watchLimits, watchResource } from '../../src/kube/watch/watch-resource.ts';
import { type HostileApiServer, hostilities, startHostileApiServer } from './hostile-api-server.ts';
import { until } from './watched-items.ts';

let server: HostileApiServer;
beforeAll(async () => {
  server = await startHostileApiServer(150);
});
afterAll(() => server.stop());

const pod = { apiVersion: 'v1', kind: 'Pod', name: 'a' };
const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'a', uid: 'u' };

/** Everything that reads an answer once. Each has to end with a value, whatever the answer is. */
const readers: Readonly<Record<string, (kube: Kube) => Promise<unknown>>> = {
  missed: (kube) => findMissed(kube, { now: () => 0, excluded: new Set(), labels: () => ({}) }),
  check: (kube) => list(kube, '/api/v1/pods', { keep: (object) => object }),
  'owner of a pod': (kube) => createEventTargets(kube, 10).find({ namespace: 'x', target: pod }),
  'owner of an owner': (kube) => createEventTargets(kube, 10).find({ namespace: 'x', target: replicaSet }),
  Secret: (kube) => createStore(kube, { namespace: 'x', name: 'y' }, 'z').readSecret(),
  Event: (kube) =>
    createEventWriter(kube, 'i', 10).write({
      ...{ namespace: 'x', target: replicaSet, isFinal: true, count: 1, first: 0, last: 0, attempts: 0 },
      note: { type: 'Normal', reason: 'SidecarInjected', message: 'm' },
    }),
  watch: (kube) => {
    const request = { path: '/api/v1/nodes', version: '1', lasting: 1, silence: 150 };
    return watchOnce(kube, request, { opened: () => {}, received: () => {} }).ended;
  },
};

describe.each(Object.entries(hostilities))('%s', (_, hostility) => {
  test.each(Object.entries(readers))('%s', async (_name, read) => {
    server.answers(hostility);
    expect(await read(server.kube)).toBeTypeOf('object');
  });

  test('facts that are known stay', async () => {
    const item = { metadata: { name: 'a', resourceVersion: '1' }, data: 'kept' };
    server.answers((response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items: [item] }));
    });
    let thrown = 0;
    const watched = watchResource<unknown>(
      server.kube,
      { path: '/api/v1/configmaps', keep: ({ data, webhooks }) => (webhooks === undefined ? data : JSON.parse('no')) },
      {
        now: Date.now,
        random: () => 0,
        failed: () => {
          thrown += 1;
        },
        limits: { ...watchLimits, silence: 20 },
      },
    );
    try {
      await watched.whenSynced;
      server.answers(hostility);
      // Either the answer is refused, or it is a list that can be read, which is what counts from then on.
      await until(watched, () => watched.problem() !== undefined || watched.items().get('a') !== 'kept' || thrown > 0);
      const good = ['a null list', 'fields in another order', 'fields of other types'].includes(_);
      if (!good) expect(watched.items().get('a')).toBe('kept');
    } finally {
      watched.stop();
    }
  });
});

test('good answers, mutated at random: every reader ends with a value', async () => {
  const good = JSON.stringify({
    kind: 'PodList',
    metadata: { resourceVersion: '7' },
    items: [{ metadata: { name: 'a', namespace: 'x', uid: 'u', labels: { a: 'b' }, annotations: { c: 'd' } } }],
  });
  const mutation = fc.record({
    at: fc.nat(good.length),
    cut: fc.integer({ min: 0, max: 20 }),
    put: fc.constantFrom('', '"', '{', '}', '[', ']', 'null', '1', ',', ':', '\\', '\n', '__proto__', '\u0000'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
      const text = mutations.reduce((all, { at, cut, put }) => all.slice(0, at) + put + all.slice(at + cut), good);
      server.answers((response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(text);
      });
      for (const read of Object.values(readers)) expect(await read(server.kube)).toBeTypeOf('object');
    }),
    { numRuns: 100 },
  );
});
