import { connect } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createKube } from '../../src/kube/connection/https.ts';
import { createServerClock } from '../../src/timing/server-clock.ts';
import type { WebhookDependencies } from '../../src/webhook/parts.ts';
import { type FakeApiServer, startApiServer } from '../kube/api-server.ts';
import { running } from './running.ts';

const registration = '/apis/admissionregistration.k8s.io/v1';
const configuration = {
  mutating: `${registration}/mutatingwebhookconfigurations/metrics-sidecar`,
  validating: `${registration}/validatingwebhookconfigurations/metrics-sidecar`,
};
const secret = '/api/v1/namespaces/metrics/secrets/metrics-sidecar-certs';
const host = 'metrics-sidecar.metrics.svc';

interface Configuration {
  webhooks: { name: string; clientConfig: { caBundle?: string } }[];
}

/** A cluster with the chart installed, as far as the webhook sees it. */
async function installed(): Promise<FakeApiServer> {
  const api = await startApiServer();
  onTestFinished(() => api.stop());
  const entry = (name: string) => ({
    name,
    clientConfig: { service: { name: 'metrics-sidecar', namespace: 'metrics', path: '/mutate' } },
  });
  const metadata = { name: 'metrics-sidecar' };
  api.put(configuration.mutating, {
    metadata,
    webhooks: [entry('pods.metrics-sidecar.io'), entry('services.metrics-sidecar.io')],
  });
  api.put(configuration.validating, { metadata, webhooks: [entry('workloads.metrics-sidecar.io')] });
  api.put(secret, { metadata: { name: 'metrics-sidecar-certs', namespace: 'metrics' } });
  api.put('/api/v1/nodes/one', {
    metadata: { name: 'one' },
    status: { nodeInfo: { kubeletVersion: 'v1.28.4' } },
  });
  api.put('/api/v1/namespaces/shop', {
    metadata: { name: 'shop', labels: { 'metrics-sidecar.io/inject': 'statsd' } },
  });
  return api;
}

function watching(api: FakeApiServer, deps: Partial<WebhookDependencies> = {}) {
  return running(
    {
      certificatesMode: 'auto',
      certificatesSecret: 'metrics/metrics-sidecar-certs',
      certificatesNames: [host],
      webhookConfiguration: 'metrics-sidecar',
      cluster: true,
    },
    { kube: api.kube(), instance: 'webhook-1', ...deps },
  );
}

function bundles(api: FakeApiServer): (string | undefined)[] {
  return Object.values(configuration).flatMap((path) =>
    (api.get(path) as unknown as Configuration).webhooks.map(({ clientConfig }) => clientConfig.caBundle),
  );
}

/** Shakes hands as the API server does: under the Service's name, trusting caBundle and nothing else. */
function handshake(port: number, ca: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca: Buffer.from(ca, 'base64'), servername: host }, () => {
      resolve(socket.authorized);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

const pod = (metadata: object) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'u',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    namespace: 'shop',
    object: { metadata, spec: { containers: [{ name: 'app', image: 'app' }] } },
  },
});

describe('a webhook that issues its own certificate', () => {
  test('is ready once every caBundle verifies what it serves', async () => {
    const api = await installed();
    const { webhook, log, page } = await watching(api);
    await log.until('ready');
    const [first, ...others] = bundles(api);
    expect(first).toBeTypeOf('string');
    expect(new Set(others)).toEqual(new Set([first]));
    expect(await handshake(webhook.tlsAddress.port, first!)).toBe(true);
    expect((await page('/readyz')).status).toBe(200);
    const { body } = await page('/metrics');
    expect(body).toContain('metrics_sidecar_webhook_ca_bundle_synced 1\n');
    expect(body).toContain('metrics_sidecar_webhook_rotations_total{what="authority"} 1\n');
    expect(body).toMatch(/\nmetrics_sidecar_webhook_authority_expiry_timestamp_seconds \d{10}/);
  });

  test('is healthy and not ready while there is no registration, and says so', async () => {
    const api = await installed();
    for (const path of Object.values(configuration)) api.remove(path);
    const { log, page } = await watching(api);
    await log.until('not ready');
    expect((await page('/healthz')).status).toBe(200);
    expect((await page('/readyz')).status).toBe(503);
  });

  test('a replica whose clock is 61 days ahead issues nothing, and is not ready', async () => {
    const api = await installed();
    const now = () => Date.now() + 61 * 24 * 3_600_000;
    const serverClock = createServerClock(now);
    const kube = createKube({
      server: api.url,
      access: async () => ({ ok: true, headers: {}, tls: {} }),
      onServerTime: serverClock.observe,
    });
    onTestFinished(() => kube.close());
    const { log, page } = await watching(api, { kube, now, serverClock });
    const { problem } = await log.until('the authority needs help');
    expect(problem).toMatch(/^the clock of this replica is 52\d{5} s ahead of the API server's$/);
    expect((await page('/readyz')).status).toBe(503);
    expect((await page('/metrics')).body).toMatch(/clock_skew_seconds 52\d{5}/);
    expect(api.calls.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('is not ready, and says so, while no pod is told to it: the mutating registration was deleted', async () => {
    const api = await installed();
    const { log, page } = await watching(api);
    await log.until('ready');
    api.remove(configuration.mutating);
    expect((await log.until('not ready'))['reason']).toContain(
      'there is no MutatingWebhookConfiguration metrics-sidecar',
    );
    expect((await page('/readyz')).status).toBe(503);
    expect((await page('/metrics')).body).toContain('metrics_sidecar_webhook_ca_bundle_synced 0\n');
  });

  test('serves on when the API server is gone', async () => {
    const api = await installed();
    const { webhook, log, page } = await watching(api);
    await log.until('ready');
    const [ca] = bundles(api);
    await api.stop();
    await log.until('the cluster is not watched');
    expect(await handshake(webhook.tlsAddress.port, ca!)).toBe(true);
    expect((await page('/readyz')).status).toBe(200);
  });

  test('says at once which flags it misses', async () => {
    const api = await installed();
    await expect(running({ certificatesMode: 'auto' }, { kube: api.kube() })).rejects.toThrow(
      [
        '--certificates.secret is missing: --certificates.mode=auto needs it',
        '--webhook-configuration is missing: --certificates.mode=auto needs it',
        '--certificates.names: the authority needs at least one name to issue for',
      ].join('\n'),
    );
  });
});

describe('what the webhook knows of the cluster', () => {
  const cluster = async () => {
    const api = await installed();
    const started = await running({ cluster: true }, { kube: api.kube(), instance: 'webhook-1' });
    await started.log.until('ready');
    return { api, ...started };
  };
  const patchOf = (body: string) => {
    const { response } = JSON.parse(body) as { response: { patch?: string } };
    return Buffer.from(response.patch ?? '', 'base64').toString();
  };

  test("a namespace's label asks for its pods; old kubelets get no native sidecar", async () => {
    const { post } = await cluster();
    const patch = patchOf((await post('/mutate', pod({ name: 'a' }))).body);
    expect(patch).toContain('"/spec/containers/-"');
    expect(patch).not.toContain('"/spec/initContainers');
  });

  test('the owner is told by an Event, not of a dry run', async () => {
    const { api, post } = await cluster();
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'orders', uid: 'u1', controller: true };
    api.put('/apis/apps/v1/namespaces/shop/statefulsets/orders', { metadata: { name: 'orders', uid: 'u1' } });
    const review = pod({
      name: 'orders-0',
      ownerReferences: [owner],
      annotations: { 'metrics-sidecar.io/inject': 'statd' },
    });
    await post('/mutate', { ...review, request: { ...review.request, dryRun: true } });
    await post('/mutate', review);
    await api.called({ method: 'POST', path: '/api/v1/namespaces/shop/events' });
    const written = api.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/events'));
    expect(written).toHaveLength(1);
    expect(written[0]!.body).toMatchObject({
      reason: 'SidecarInvalid',
      type: 'Warning',
      count: 1,
      involvedObject: { kind: 'StatefulSet', name: 'orders', uid: 'u1' },
      reportingInstance: 'webhook-1',
    });
  });

  test('metrics and landing page say how old it is', async () => {
    const { page } = await cluster();
    const { body } = await page('/metrics');
    for (const resource of ['nodes', 'namespaces', 'limitranges', 'resourcequotas']) {
      expect(body).toContain(`metrics_sidecar_webhook_cluster_synced{resource="${resource}"} 1\n`);
    }
    expect((await page('/')).body).toMatch(/\nCluster: nodes, complete, confirmed \d+ s ago\n/);
  });
});
