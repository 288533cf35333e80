import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clientAuthority, clientPair } from '../webhook/client-certificates.ts';
import { folder } from '../webhook/folder.ts';
import { authority } from '../webhook/pair.ts';
import { running } from '../webhook/running.ts';
import { startApiServer } from './api-server.ts';
import { kubernetesPrograms } from './kubernetes-programs.ts';

const programs = kubernetesPrograms('no client certificate of a real one was seen');

/** As docs/security.md says it, but for the host. */
async function admissionOf(path: string, user: string): Promise<object> {
  const clients = await clientAuthority();
  const { cert, key } = await clientPair(clients, { commonNames: ['kube-apiserver-webhooks'] });
  await writeFile(join(path, 'ca.crt'), clients.cert);
  await writeFile(join(path, 'client.crt'), cert);
  await writeFile(join(path, 'client.key'), key);
  const files = { 'client-certificate': join(path, 'client.crt'), 'client-key': join(path, 'client.key') };
  const kubeconfig = { apiVersion: 'v1', kind: 'Config', users: [{ name: user, user: files }] };
  await writeFile(join(path, 'webhooks.kubeconfig'), JSON.stringify(kubeconfig));
  const configuration = {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'WebhookAdmissionConfiguration',
    kubeConfigFile: join(path, 'webhooks.kubeconfig'),
  };
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: ['MutatingAdmissionWebhook', 'ValidatingAdmissionWebhook'].map((name) => ({ name, configuration })),
  };
}

function registration(namespace: string, port: number): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: [
      {
        name: 'pods.metrics-sidecar.io',
        clientConfig: {
          url: `https://127.0.0.1:${port}/mutate`,
          caBundle: Buffer.from(authority.cert).toString('base64'),
        },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        ...{ admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Fail' },
      },
    ],
  };
}

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app', annotations: { 'metrics-sidecar.io/inject': 'statsd' } },
  spec: { containers: [{ name: 'app', image: 'app:1' }] },
};

describe.skipIf(programs === undefined)('a real API server', () => {
  test('presents its certificate to the webhook that its kubeconfig names, and is told what is wrong by another', async () => {
    const path = await folder();
    const clientCaFile = join(path, 'ca.crt');
    const named = await running({ clientCaFile: await file(path) });
    const admission = await admissionOf(path, `127.0.0.1:${named.webhook.tlsAddress.port}`);
    await named.log.until('reloaded');
    const other = await running({ clientCaFile });
    const { request, stop } = await startApiServer(programs!, admission);
    onTestFinished(stop);
    for (const [namespace, { webhook }] of Object.entries({ named, other })) {
      const at = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
      await request('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace },
      });
      expect((await request('POST', at, registration(namespace, webhook.tlsAddress.port))).status).toBe(201);
    }
    const create = async (namespace: string) => {
      const { status, body } = await request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);
      return { status, body };
    };
    // A registration reaches the admission chain some moments after it was stored.
    await expect
      .poll(() => create('named'), { timeout: 30_000 })
      .toMatchObject({
        status: 201,
        body: expect.stringContaining('metrics-sidecar.io/injected'),
      });
    await expect
      .poll(() => create('other'), { timeout: 30_000 })
      .toMatchObject({
        status: 500,
        body: expect.stringContaining('failed to call webhook: the caller presented no client certificate'),
      });
  });
});

/** A file of authorities that is replaced later by those of the API server. */
async function file(path: string): Promise<string> {
  await writeFile(join(path, 'ca.crt'), (await clientAuthority('first')).cert);
  return join(path, 'ca.crt');
}
