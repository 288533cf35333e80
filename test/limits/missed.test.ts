import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startApiServer } from '../kube/api-server.ts';
import { describeLimited } from './cgroup.ts';
import { startLimitedWebhook } from './program.ts';

/** A kubeconfig for an API server without TLS. */
async function kubeconfigFor(server: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'limits-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'kubeconfig');
  const clusters = [{ name: 'c', cluster: { server } }];
  const contexts = [{ name: 'c', context: { cluster: 'c', user: 'c' } }];
  const users = [{ name: 'c', user: {} }];
  const config = { apiVersion: 'v1', kind: 'Config', 'current-context': 'c', clusters, contexts, users };
  await writeFile(file, JSON.stringify(config));
  return file;
}

describeLimited('the look for missed pods', () => {
  test.each([
    ['inject', 'metrics-sidecar.io/inject', 'a,'.repeat(125_000)],
    ['any annotation', 'example.test/words', 'words '.repeat(41_000)],
  ])('in 96 MiB: 500 pods with 250 kB in %s', async (_, key, text) => {
    const api = await startApiServer();
    onTestFinished(() => api.stop());
    api.put('/api/v1/namespaces/shop', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    const annotations = { 'metrics-sidecar.io/inject': 'statsd', [key]: text };
    for (let i = 0; i < 500; i++) {
      const metadata = { name: `pod-${i}`, namespace: 'shop', annotations };
      api.put(`/api/v1/namespaces/shop/pods/pod-${i}`, { apiVersion: 'v1', kind: 'Pod', metadata, spec: {} });
    }
    const kubeconfig = await kubeconfigFor(api.url);
    await using webhook = await startLimitedWebhook(96, [
      ...[`--kubeconfig=${kubeconfig}`, '--cluster', '--cluster.missed-interval=1s'],
    ]);
    // Pages of four pods: of two looks.
    await api.called({ method: 'GET', path: '/api/v1/pods' }, 250);
    const page = await (await fetch(`http://127.0.0.1:${webhook.web}/metrics`)).text();
    expect(page).toMatch(/^metrics_sidecar_webhook_missed_pods 500$/m);
    expect([webhook.ended(), webhook.group.kills()]).toEqual([undefined, 0]);
  });
});
