import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { name, namespace as webhookNamespace } from '../chart.ts';
import { apply, kubectl, must } from '../kubectl.ts';

const namespace = 'rollout';
const batch = 50;

/** A pod that no scheduler takes: creating it exercises admission and nothing else. */
function pod(i: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${i}`, namespace, annotations: { 'metrics-sidecar.io/inject': 'statsd' } },
    spec: { schedulerName: 'nobody', containers: [{ name: 'app', image: 'example.invalid/app:1' }] },
  };
}

describe.skipIf(inject('missing'))('a rolling restart of the webhook while pods are created', () => {
  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=300s']);
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  });
  afterAll(() => must(['delete', 'namespace', namespace, '--wait=false']));

  test('at least 1,000 pods: every one is injected, none is refused', async () => {
    await must(['rollout', 'restart', `deployment/${name}`, '-n', webhookNamespace]);
    let rolling = true;
    const rolled = must(['rollout', 'status', `deployment/${name}`, '-n', webhookNamespace, '--timeout=300s']).finally(
      () => {
        rolling = false;
      },
    );
    let created = 0;
    // Four clients side by side, until the last old replica is gone and the thousand is full.
    const client = async () => {
      while (rolling || created < 1000) {
        const first = created;
        created += batch;
        const items = Array.from({ length: batch }, (_, i) => pod(first + i));
        const { code, err } = await kubectl(
          ['create', '-f', '-'],
          JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
        );
        expect(err).toBe('');
        expect(code).toBe(0);
      }
    };
    await Promise.all([rolled, ...Array.from({ length: 4 }, client)]);
    const count = async (...selector: string[]) =>
      (await must(['get', 'pods', '-n', namespace, '-o', 'name', ...selector])).out.trim().split('\n').length;
    expect(await count()).toBe(created);
    expect(await count('-l', 'metrics-sidecar.io/injected=true')).toBe(created);
    console.log(`rollout: ${created} pods created while both replicas were replaced, ${created} injected`);
  });
});
