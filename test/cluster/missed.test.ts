import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { list } from '../../src/check/cluster/reading.ts';
import { findMissed } from '../../src/cluster/watch-missed.ts';
import { connect } from '../../src/kube/connection/connect.ts';
import type { Kube } from '../../src/kube/kube.ts';
import { apply, must } from './kubectl.ts';

const namespace = 'missed-pods';
const path = `/api/v1/namespaces/${namespace}/pods`;

/** Its pods are of the size of pages, so that pages of no pod, of all pods and of one more are met. */
describe.skipIf(inject('missing'))('lists of a real API server', () => {
  let kube: Kube;
  let before: number;
  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=300s']);
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    const connected = await connect({ env: process.env });
    if (!connected.ok) throw new Error(connected.problem);
    kube = connected.kube;
    before = await missed();
  });
  afterAll(async () => {
    kube?.close();
    await must(['delete', 'namespace', namespace, '--wait=false']);
  });

  const missed = async () => {
    const result = await findMissed(kube, { now: Date.now, excluded: new Set(), labels: () => ({}) });
    if (!result.ok) throw new Error(result.problem.message);
    return result.value.pods;
  };
  const listed = async (metadataOnly: boolean) => {
    const found = await list(kube, path, { metadataOnly, keep: ({ metadata }) => metadata.name });
    if (!found.ok) throw new Error(found.problem.message);
    return new Set(found.value).size;
  };

  /**
   * Pods that no scheduler takes. Where the webhook is installed they are injected, so that the look counts none of
   * them.
   */
  async function create(from: number, to: number): Promise<void> {
    const pods = Array.from({ length: to - from }, (_, i) => ({
      metadata: {
        name: `p-${from + i}`,
        annotations: { 'metrics-sidecar.io/inject': 'statsd' },
      },
      spec: { schedulerName: 'nobody', containers: [{ name: 'app', image: 'example.invalid/app:1' }] },
    }));
    const queue = pods.values();
    const workers = Array.from({ length: 20 }, async () => {
      for (const body of queue) {
        const made = await kube.request({ method: 'POST', path, body });
        if (!made.ok) throw new Error(made.problem.message);
      }
    });
    await Promise.all(workers);
  }

  test.each([0, 500, 1001])('%i pods', async (count) => {
    await create(await listed(true), count);
    expect([await listed(true), await listed(false)]).toEqual([count, count]);
    expect(await missed()).toBeGreaterThanOrEqual(before);
  });
});
