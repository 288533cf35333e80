import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../../src/kube/connection/connect.ts';
import { inCluster } from '../../../src/kube/connection/in-cluster.ts';
import { authority } from '../../webhook/pair.ts';
import { startTlsServer } from '../tls-server.ts';

async function serviceAccount(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'service-account-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  return dir;
}

const whole = { token: 'one\n', 'ca.crt': authority.cert, namespace: 'monitoring\n' };

test.each([
  ['10.96.0.1', '443', 'https://10.96.0.1:443'],
  ['fd00::1', '6443', 'https://[fd00::1]:6443'],
  ['kubernetes.default.svc', '443', 'https://kubernetes.default.svc:443'],
])('%s %s is %s', async (host, port, server) => {
  const env = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
  const located = await inCluster(env, await serviceAccount(whole));
  expect(located).toMatchObject({
    ok: true,
    endpoint: { server },
    namespace: 'monitoring',
    context: 'service account',
  });
});

test('the token and the authority of each request are those that stand then', async () => {
  const server = await startTlsServer();
  onTestFinished(server.stop);
  const dir = await serviceAccount({ ...whole, 'ca.crt': '' });
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(server.port) };
  const connected = await connect({ env, serviceAccount: dir });
  if (!connected.ok) throw new Error(connected.problem);
  const { kube, namespace, context } = connected;
  onTestFinished(kube.close);
  expect([namespace, context]).toEqual(['monitoring', 'service account']);
  const ask = () => kube.request({ method: 'GET', path: '/version' });
  expect(await ask()).toMatchObject({ problem: { message: expect.stringContaining('TLS') } });
  await writeFile(join(dir, 'next'), authority.cert);
  await rename(join(dir, 'next'), join(dir, 'ca.crt'));
  expect(await ask()).toMatchObject({ ok: true });
  await writeFile(join(dir, 'token'), 'two');
  expect(await ask()).toMatchObject({ ok: true });
  expect(server.callers.map(({ headers }) => headers.authorization)).toEqual(['Bearer one', 'Bearer two']);
  await rm(join(dir, 'token'));
  expect(await ask()).toMatchObject({ ok: false, problem: { code: 'unauthorized' } });
});

test.each([
  [{ ...whole, token: ' \n' }, /token of the service account is empty/],
  [{ token: 'one', namespace: 'x' }, /cannot be read, is automountServiceAccountToken off\? .*ca\.crt/],
  [{}, /cannot be read/],
])('%j is no service account', async (files, problem) => {
  const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
  const connected = await connect({ env, serviceAccount: await serviceAccount(files) });
  expect(connected).toEqual({ ok: false, problem: expect.stringMatching(problem) });
});
