import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { template } from '../apps.ts';
import { namespace as webhookNamespace } from '../chart.ts';
import { apply, get, must, type Pod, pods } from '../kubectl.ts';

const namespace = 'unasked';
const asks = { 'metrics-sidecar.io/inject': 'statsd' };

const pod = (name: string, annotations: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, annotations },
  spec: (template({ name, namespace, annotations, programs: ['idle'] }) as Pod).spec,
});

// Alone, because pods that other tests create would be counted too.
describe.skipIf(inject('missing'))('reviews', () => {
  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    await must(['wait', '--for=create', 'serviceaccount/default', '-n', namespace, '--timeout=60s']);
  });
  afterAll(() => must(['delete', 'namespace', namespace, '--wait=false']));

  test('a pod that did not ask never reaches the webhook', async () => {
    const before = await requests();
    await apply([pod('quiet', {})]);
    const { spec } = await get('pod', 'quiet', namespace);
    expect(spec.initContainers ?? []).toEqual([]);
    expect(await requests()).toBe(before);
    await apply([pod('asks', asks)]);
    expect(await requests()).toBeGreaterThan(before);
  });
});

/** Reviews of pods that all replicas of the webhook answered, by their own metrics. */
async function requests(): Promise<number> {
  const replicas = await pods(webhookNamespace, 'app.kubernetes.io/name=metrics-sidecar');
  const pages = await Promise.all(
    replicas.map(({ metadata }) =>
      must(['get', '--raw', `/api/v1/namespaces/${webhookNamespace}/pods/${metadata.name}:9102/proxy/metrics`]),
    ),
  );
  return pages
    .flatMap(({ out }) =>
      out
        .split('\n')
        .filter((line) => line.startsWith('metrics_sidecar_webhook_requests_total{') && line.includes('"Pod"')),
    )
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
