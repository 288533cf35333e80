import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type ConnectOptions, connect } from '../../../src/kube/connection/connect.ts';
import type { Kube } from '../../../src/kube/kube.ts';
import { authority, servingPair } from '../../webhook/pair.ts';
import { startApiServer } from '../api-server.ts';
import { startTlsServer } from '../tls-server.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  return () => rm(dir, { recursive: true });
});

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
  readonly name?: string;
  readonly current?: string;
}

/** Writes a kubeconfig of one context, cluster and user, all called `name`; JSON is YAML. */
async function kubeconfig({ cluster = {}, user = {}, context = {}, name = 'main', current = name }: Parts) {
  const path = join(dir, `${name}.yaml`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: 'https://127.0.0.1:1', ...cluster } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, ...context } }],
    'current-context': current,
  };
  await writeFile(path, JSON.stringify(config));
  return path;
}

async function connected(options: ConnectOptions): Promise<Kube> {
  const result = await connect(options);
  if (!result.ok) throw new Error(result.problem);
  onTestFinished(result.kube.close);
  return result.kube;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const ca = { 'certificate-authority-data': base64(authority.cert) };
const version = { method: 'GET', path: '/version' } as const;

async function tlsServer(names?: readonly string[]) {
  const server = await startTlsServer(names);
  onTestFinished(server.stop);
  return server;
}

describe('how the user is known', () => {
  test('by a token', async () => {
    const server = await tlsServer();
    const path = await kubeconfig({ cluster: { server: server.url, ...ca }, user: { token: 'abc' } });
    expect(await (await connected({ kubeconfig: path, env: {} })).request(version)).toMatchObject({ ok: true });
    expect(server.callers[0]?.headers.authorization).toBe('Bearer abc');
  });

  test('by a token in a file beside the kubeconfig, before any other', async () => {
    const server = await tlsServer();
    await writeFile(join(dir, 'token'), 'from-file\n');
    const path = await kubeconfig({
      cluster: { server: server.url, ...ca },
      user: { tokenFile: 'token', token: 'abc' },
    });
    expect(await (await connected({ kubeconfig: path, env: {} })).request(version)).toMatchObject({ ok: true });
    expect(server.callers[0]?.headers.authorization).toBe('Bearer from-file');
  });

  test('by a client certificate; files are relative to the kubeconfig', async () => {
    const server = await tlsServer();
    const { cert, key } = await servingPair();
    await mkdir(join(dir, 'pki'));
    const files = { 'ca.crt': authority.cert, 'client.crt': cert, 'client.key': key };
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, 'pki', name), text);
    const path = await kubeconfig({
      cluster: { server: server.url, 'certificate-authority': 'pki/ca.crt' },
      user: { 'client-certificate': 'pki/client.crt', 'client-key': 'pki/client.key' },
    });
    expect(await (await connected({ kubeconfig: path, env: {} })).request(version)).toMatchObject({ ok: true });
    expect(server.callers[0]?.certificate).toBe(new X509Certificate(cert).serialNumber);
  });

  test('by name and password, and as somebody else', async () => {
    const server = await tlsServer();
    const user = { username: 'me', password: 'p:w', as: 'other' };
    const path = await kubeconfig({ cluster: { server: server.url, ...ca }, user });
    await (await connected({ kubeconfig: path, env: {} })).request(version);
    expect(server.callers[0]?.headers).toMatchObject({
      authorization: `Basic ${base64('me:p:w')}`,
      'impersonate-user': 'other',
    });
  });

  test('by a plugin beside the kubeconfig, which is told what it is asked for', async () => {
    const server = await tlsServer();
    const said = '{"status":{"token":"\'"$(printf %s "$KUBERNETES_EXEC_INFO$EXTRA" | base64 -w0)"\'"}}';
    await writeFile(join(dir, 'plugin'), `#!/bin/sh\necho '${said}'\n`, { mode: 0o755 });
    const apiVersion = 'client.authentication.k8s.io/v1';
    const env = [{ name: 'EXTRA', value: '!' }];
    const exec = { apiVersion, command: './plugin', provideClusterInfo: true, interactiveMode: 'Never', env };
    const path = await kubeconfig({ cluster: { server: server.url, ...ca }, user: { exec } });
    await (await connected({ kubeconfig: path, env: {} })).request(version);
    const token = server.callers[0]?.headers.authorization?.replace('Bearer ', '') ?? '';
    const told = Buffer.from(token, 'base64').toString('utf8');
    expect(told.at(-1)).toBe('!');
    expect(JSON.parse(told.slice(0, -1))).toEqual({
      apiVersion,
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: server.url, ...ca, 'insecure-skip-tls-verify': false } },
    });
  });

  test('a plugin that fails is a problem', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sh',
      args: ['-c', 'echo log in >&2; exit 1'],
    };
    const path = await kubeconfig({ user: { exec } });
    expect(await connect({ kubeconfig: path, env: {} })).toEqual({
      ok: false,
      problem: 'no credentials for the user main: log in',
    });
  });
});

describe('how the API server is reached', () => {
  test('tls-server-name', async () => {
    const server = await tlsServer(['api.example']);
    const cluster = { server: server.url, ...ca };
    const plain = await connected({ kubeconfig: await kubeconfig({ cluster }), env: {} });
    expect(await plain.request(version)).toMatchObject({ ok: false, problem: { code: 'unreachable' } });
    const named = { ...cluster, 'tls-server-name': 'api.example' };
    const kube = await connected({ kubeconfig: await kubeconfig({ cluster: named }), env: {} });
    expect(await kube.request(version)).toMatchObject({ ok: true });
    expect(server.callers[0]?.servername).toBe('api.example');
  });

  test('insecure-skip-tls-verify', async () => {
    const server = await tlsServer(['api.example']);
    const cluster = { server: server.url, 'insecure-skip-tls-verify': true };
    const kube = await connected({ kubeconfig: await kubeconfig({ cluster }), env: {} });
    expect(await kube.request(version)).toMatchObject({ ok: true });
  });

  test('plain HTTP, as through kubectl proxy', async () => {
    const api = await startApiServer();
    onTestFinished(api.stop);
    const kube = await connected({ kubeconfig: await kubeconfig({ cluster: { server: api.url } }), env: {} });
    expect(await kube.request(version)).toMatchObject({ ok: true, value: { major: '1' } });
  });

  /** An HTTP proxy that tunnels to `port`, whatever host is asked for; and the hosts that were. */
  async function proxy(port: number) {
    const asked: string[] = [];
    const server = createServer().on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      const upstream = connectTcp(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [upstream, socket]) end.on('error', () => {});
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  test('proxy-url', async () => {
    const server = await tlsServer(['api.example']);
    const { url, asked } = await proxy(server.port);
    const cluster = { server: 'https://api.example:6443', 'proxy-url': url, ...ca };
    const path = await kubeconfig({ cluster, user: { token: 'abc' } });
    expect(await (await connected({ kubeconfig: path, env: {} })).request(version)).toMatchObject({ ok: true });
    expect(asked).toEqual(['api.example:6443']);
    expect(server.callers[0]?.headers.authorization).toBe('Bearer abc');
  });

  test('HTTPS_PROXY of the environment, but not to the machine itself', async () => {
    const server = await tlsServer(['api.example', '127.0.0.1']);
    const { url, asked } = await proxy(server.port);
    const env = { HTTPS_PROXY: url };
    const far = await kubeconfig({ cluster: { server: 'https://api.example:6443', ...ca } });
    expect(await (await connected({ kubeconfig: far, env })).request(version)).toMatchObject({ ok: true });
    expect(asked).toEqual(['api.example:6443']);
    const near = await kubeconfig({ cluster: { server: server.url, ...ca }, name: 'near' });
    expect(await (await connected({ kubeconfig: near, env })).request(version)).toMatchObject({ ok: true });
    expect(asked).toHaveLength(1);
  });
});

describe('which kubeconfig and context', () => {
  const inPod = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
  const found = async (options: ConnectOptions) => {
    const result = await connect(options);
    return result.ok ? [result.context, result.namespace, result.kube.server] : result.problem;
  };

  test('of several files the first that says something counts; those that do not exist are left out', async () => {
    const first = await kubeconfig({ name: 'a', context: { namespace: 'x' }, current: '' });
    const second = await kubeconfig({ name: 'b', cluster: { server: 'https://b:1' } });
    await writeFile(
      join(dir, 'c.yaml'),
      JSON.stringify({ clusters: [{ name: 'b', cluster: { server: 'https://c:1' } }] }),
    );
    const KUBECONFIG = [first, join(dir, 'none'), second, join(dir, 'c.yaml')].join(delimiter);
    expect(await found({ env: { KUBECONFIG } })).toEqual(['b', 'default', 'https://b:1']);
    expect(await found({ env: { KUBECONFIG }, context: 'a' })).toEqual(['a', 'x', 'https://127.0.0.1:1']);
  });

  test('what is named goes before KUBECONFIG, that before the pod, that before the home directory', async () => {
    const named = await kubeconfig({ name: 'named' });
    const environment = await kubeconfig({ name: 'environment' });
    await mkdir(join(dir, '.kube'));
    const home = await kubeconfig({ name: 'home' });
    await copyFile(home, join(dir, '.kube', 'config'));
    const env = { ...inPod, HOME: dir, KUBECONFIG: environment };
    expect((await found({ kubeconfig: named, env }))[0]).toBe('named');
    expect((await found({ env }))[0]).toBe('environment');
    expect(await found({ env: { ...inPod, HOME: dir }, serviceAccount: dir })).toMatch(/^the service account cannot/);
    expect((await found({ env: { HOME: dir } }))[0]).toBe('home');
    expect((await found({ env: { ...inPod, HOME: dir }, context: 'home' }))[0]).toBe('home');
  });

  test('what is wrong is said', async () => {
    const path = await kubeconfig({ name: 'a' });
    const said = (kubeconfig: string, context?: string) => found({ kubeconfig, context, env: {} });
    expect(await found({ env: {} })).toBe('no kubeconfig: neither KUBECONFIG nor HOME is set');
    expect(await found({ env: { HOME: dir } })).toBe(`there is no kubeconfig at ${dir}/.kube/config`);
    expect(await said(path, 'b')).toBe(`the kubeconfig ${path} has no context b; it has: a`);
    const lost = await kubeconfig({ name: 'lost', context: { cluster: 'gone' } });
    expect(await said(lost)).toBe(`the kubeconfig ${lost} has no cluster for the context lost`);
    const none = await kubeconfig({ name: 'none', current: '' });
    expect(await said(none)).toBe(`the kubeconfig ${none} has no current context; it has: none`);
    const odd = await kubeconfig({ name: 'odd', cluster: { server: 'api.example:6443' } });
    expect(await said(odd)).toBe('the server of the context odd is no URL: api.example:6443');
    for (const text of ['', 'a: [', 'clusters: [{name: x}]', '- 1']) {
      await writeFile(join(dir, 'bad'), text);
      expect(await said(join(dir, 'bad'))).toMatch(/^the kubeconfig .*bad (cannot be used|has no current context)/);
    }
  });

  test.each([
    ['a comma that is missing', 'users: [{name: a, user: {token: SECRET1 SECRET2}} {name: b}]'],
    ['a quote that is open', 'users:\n- name: a\n  user:\n    token: "SECRET1\n'],
    ['an unknown tag', 'token: !<!SECRET1> x'],
    ['an unknown alias', 'token: *SECRET1'],
    ['a key twice', 'SECRET1: a\nSECRET1: b'],
    ['a list of texts', 'users: [SECRET1]\nclusters: SECRET2'],
    ['a text', 'SECRET1'],
  ])('a mistake beside a token is told by its place, not by its text: %s', async (_, text) => {
    await writeFile(join(dir, 'bad'), text);
    const problem = await found({ kubeconfig: join(dir, 'bad'), env: {} });
    expect(problem).toMatch(/bad (cannot be used: |has no current context)/);
    expect(problem).not.toContain('SECRET');
    if (problem.includes('YAML')) expect(problem).toMatch(/not YAML at line \d+, column \d+$/);
  });
});
