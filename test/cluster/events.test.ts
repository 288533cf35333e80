import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createEvents, type EventLimits, eventLimits, type OwnerNotification } from '../../src/cluster/events.ts';
import { watchFacts } from '../../src/cluster/watch-facts.ts';
import { findMissed } from '../../src/cluster/watch-missed.ts';
import { connect } from '../../src/kube/connection/connect.ts';
import type { Kube } from '../../src/kube/kube.ts';
import { failed } from '../thrown.ts';
import { deployment } from './apps.ts';
import { eventually } from './eventually.ts';
import { apply, get, must, type Pod } from './kubectl.ts';

const namespace = 'events';
const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders' };

interface Counts {
  sent: number;
  aggregated: number;
  dropped: number;
  failed: number;
  not_found: number;
}

describe.skipIf(inject('missing'))('what the webhook says and knows of a cluster', () => {
  let kube: Kube;
  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
    await apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { team: 'orders' } } },
      {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'small', namespace },
        spec: { limits: [{ type: 'Container', max: { memory: '900Mi' } }] },
      },
      deployment({ name: 'orders', namespace, programs: ['idle'], annotations: {} }),
    ]);
    const connected = await connect({ env: process.env });
    if (!connected.ok) throw new Error(connected.problem);
    kube = connected.kube;
  });
  afterAll(async () => {
    kube?.close();
    await must(['delete', 'namespace', namespace, '--wait=false']);
  });

  /** Tells it so often, and gives back what came of it. */
  async function notify(told: OwnerNotification, times: number, limits: Partial<EventLimits> = {}): Promise<Counts> {
    const counts: Counts = { sent: 0, aggregated: 0, dropped: 0, failed: 0, not_found: 0 };
    const events = createEvents(kube, {
      now: Date.now,
      random: Math.random,
      instance: 'webhook-1',
      failed,
      counted: (outcome, notifications) => {
        counts[outcome] += notifications;
      },
      limits: { ...eventLimits, delay: 10, window: 200, ...limits },
    });
    for (let i = 0; i < times; i++) {
      events.notify(told);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await events.stop();
    return counts;
  }

  /** The pod of the Deployment, as the webhook met it: with its ReplicaSet as its owner. */
  async function ofReplicaSet(outcome: OwnerNotification['outcome']): Promise<OwnerNotification> {
    const { out } = await must(['get', 'replicasets', '-n', namespace, '-l', 'app=orders', '-o', 'json']);
    const { items } = JSON.parse(out) as { items: { metadata: { name: string; uid: string } }[] };
    const { name, uid } = items[0]!.metadata;
    return {
      namespace,
      pod: { name: '', generateName: `${name}-` },
      owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid },
      outcome,
      dryRun: false,
    };
  }

  const described = async (...args: string[]) => (await must(['describe', ...args, '-n', namespace])).out;
  const listed = async (of: string) => (await must(['events', '-n', namespace, '--for', of])).out;

  test('the Deployment shows one Event, and its count grows', async () => {
    const told = await eventually(() => ofReplicaSet({ decision: 'injected', kinds: ['statsd'], reasons: [] }));
    const counts = await notify(told, 100);
    expect(counts).toMatchObject({ dropped: 0, failed: 0, not_found: 0 });
    expect(counts.sent + counts.aggregated).toBe(100);
    expect(counts.sent).toBeGreaterThan(1);
    expect(counts.sent).toBeLessThan(10);
    const shown = /Normal +SidecarInjected .*\(x100 over .*\) +metrics-sidecar +Added to pods: statsd/;
    expect(await described('deployment', 'orders')).toMatch(shown);
    expect(await listed('deployment/orders')).toMatch(/\(x100 over .*\) +Normal +SidecarInjected +Deployment\/orders/);
    const { out } = await must(['get', 'events', '-n', namespace, '--sort-by=.lastTimestamp', '-o', 'json']);
    const ours = (JSON.parse(out) as { items: { reason: string; count: number; involvedObject: object }[] }).items;
    expect(ours.filter(({ reason }) => reason === 'SidecarInjected')).toMatchObject([
      { count: 100, involvedObject: owner },
    ]);
  });

  test('a wrong annotation is a warning with its code', async () => {
    const reasons = [
      { code: 'bad_value', subject: 'statsd.metrics-sidecar.io/udp-port', detail: '"x" is not a port' },
    ] as const;
    await notify(await ofReplicaSet({ decision: 'invalid', kinds: [], reasons }), 1);
    expect(await described('deployment', 'orders')).toMatch(
      /Warning +SidecarInvalid .*Pods run without a sidecar\. statsd\.metrics-sidecar\.io\/udp-port: wrong value \[bad_value\]/,
    );
  });

  test('a pod without an owner shows its Event', async () => {
    const spec = { schedulerName: 'nobody', containers: [{ name: 'app', image: 'example.invalid/app:1' }] };
    await apply([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'bare', namespace, annotations: { 'metrics-sidecar.io/status': '{}' } },
        spec,
      },
    ]);
    const outcome = { decision: 'skipped', kinds: ['statsd'], reasons: [] } as const;
    await notify({ namespace, pod: { name: 'bare', generateName: '' }, owner: undefined, outcome, dryRun: false }, 1);
    expect(await described('pod', 'bare')).toMatch(/Warning +SidecarSkipped .*Pods run without a sidecar: statsd/);
    expect(await listed('pod/bare')).toMatch(/SidecarSkipped +Pod\/bare/);
  });

  test('a namespace that is not there: nothing is found', async () => {
    const target = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'x', uid: 'x' };
    const outcome = { decision: 'injected', kinds: [], reasons: [] } as const;
    const told = {
      namespace: 'not-there',
      pod: { name: 'x', generateName: '' },
      owner: target,
      outcome,
      dryRun: false,
    };
    expect(await notify(told, 3, { delay: 1000 })).toEqual({
      sent: 0,
      aggregated: 0,
      dropped: 0,
      failed: 0,
      not_found: 3,
    });
  });

  test('facts of the namespace and of the nodes', async () => {
    const facts = watchFacts(kube, { now: Date.now, random: Math.random, failed });
    await facts.whenSynced;
    const { out } = await must(['get', 'nodes', '-o', 'jsonpath={.items[*].status.nodeInfo.kubeletVersion}']);
    expect(facts.of(namespace)).toMatchObject({
      namespace: { labels: { team: 'orders' }, limitRanges: [{ type: 'Container', max: { memory: '900Mi' } }] },
      kubelets: [...new Set(out.split(' '))].sort(),
    });
    expect(facts.sources()).toMatchObject(Array(4).fill({ synced: true, problem: undefined }));
    facts.stop();
  });

  test('pods that were missed: those that ask, and that nobody judged', async () => {
    const spec = { schedulerName: 'nobody', containers: [{ name: 'app', image: 'example.invalid/app:1' }] };
    const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec });
    await apply(Array.from({ length: 3 }, (_, i) => pod(`missed-${i}`)));
    // Annotated when they exist, as pods are that were created while the webhook was away: nobody is asked about them.
    const asking = 'metrics-sidecar.io/inject=statsd';
    await must(['annotate', 'pods', 'missed-0', 'missed-1', 'missed-2', '-n', namespace, asking]);
    await must(['annotate', 'pod', 'missed-2', '-n', namespace, 'metrics-sidecar.io/status={}']);
    expect((await get<Pod>('pod', 'missed-0', namespace)).metadata.labels).toBeUndefined();
    // Of this namespace alone: others of the suite may have missed pods of their own.
    const { out } = await must(['get', 'namespaces', '-o', 'jsonpath={.items[*].metadata.name}']);
    const others = out.split(' ').filter((name) => name !== namespace);
    const scope = { now: Date.now, labels: () => ({}) };
    expect(await findMissed(kube, { ...scope, excluded: new Set(others) })).toMatchObject({
      ok: true,
      value: {
        pods: 2,
        examples: [
          { namespace, kind: 'Pod', name: 'missed-0', pods: 1 },
          { namespace, kind: 'Pod', name: 'missed-1', pods: 1 },
        ],
      },
    });
    const none = await findMissed(kube, { ...scope, excluded: new Set([...others, namespace]) });
    expect(none).toMatchObject({ ok: true, value: { pods: 0, examples: [] } });
  });
});
