import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { connect } from '../../src/kube/connection/connect.ts';
import { type Kube, type KubeObject, type KubeRequest, patchType } from '../../src/kube/kube.ts';
import type { ResourceWatch, WatchOptions } from '../../src/kube/watch/resource-watch.ts';
import { watchLimits, watchResource } from '../../src/kube/watch/watch-resource.ts';
import { failed } from '../thrown.ts';
import { eventually } from './eventually.ts';
import { apply, must } from './kubectl.ts';

const namespace = 'kube-client';
const root = `/api/v1/namespaces/${namespace}`;
const configMaps = `${root}/configmaps`;

describe.skipIf(inject('missing'))('the connection to an API server', () => {
  let kube: Kube;

  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=300s']);
    const reader = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace } };
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, reader]);
    const connected = await connect({ env: process.env });
    if (!connected.ok) throw new Error(connected.problem);
    kube = connected.kube;
  });
  afterAll(async () => {
    kube?.close();
    await must(['delete', 'namespace', namespace, '--wait=false']);
  });

  async function ask<T = KubeObject>(request: KubeRequest): Promise<T> {
    const result = await kube.request<T>(request);
    if (!result.ok) throw new Error(result.problem.message);
    return result.value;
  }
  const configMap = (name: string, value: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { value },
  });
  const watch = <T>(from: Kube, resource: WatchOptions<T>): ResourceWatch<T> => {
    const limits = { ...watchLimits, firstPage: 2 };
    const watched = watchResource(from, resource, { now: Date.now, random: () => 0.01, failed, limits });
    onTestFinished(watched.stop);
    return watched;
  };

  test('by a kubeconfig: values, text, and what the server says of what is wrong', async () => {
    expect(await ask<{ major: string }>({ method: 'GET', path: '/version' })).toHaveProperty('gitVersion');
    expect(await ask<string>({ method: 'GET', path: '/readyz' })).toBe('ok');
    expect(await kube.request({ method: 'GET', path: `${configMaps}/none` })).toEqual({
      ok: false,
      problem: {
        code: 'not_found',
        status: 404,
        message: `GET ${configMaps}/none: 404: configmaps "none" not found`,
      },
    });
    const bad = { ...configMap('Not_A_Name', '1'), metadata: { name: 'Not_A_Name' } };
    expect(await kube.request({ method: 'POST', path: configMaps, body: bad })).toMatchObject({
      problem: { code: 'invalid', status: 422 },
    });
  });

  test('warnings come with the value', async () => {
    const body = { ...configMap('warned', '1'), unheardOf: true };
    const query = { dryRun: 'All', fieldValidation: 'Warn' };
    const result = await kube.request({ method: 'POST', path: configMaps, query, body });
    expect(result).toMatchObject({ ok: true, warnings: ['unknown field "unheardOf"'] });
  });

  test('compare and swap: who writes from an old version loses', async () => {
    const made = await ask({ method: 'POST', path: configMaps, body: configMap('cas', '1') });
    const path = `${configMaps}/cas`;
    await ask({ method: 'PUT', path, body: { ...made, data: { value: '2' } } });
    const late = await kube.request({ method: 'PUT', path, body: { ...made, data: { value: '3' } } });
    expect(late).toMatchObject({ ok: false, problem: { code: 'conflict', status: 409 } });
    const again = await kube.request({ method: 'POST', path: configMaps, body: configMap('cas', '1') });
    expect(again).toMatchObject({ ok: false, problem: { code: 'conflict', status: 409 } });
  });

  test('server-side apply makes, changes nothing twice, and finds another manager', async () => {
    const put = (fieldManager: string, value: string) => {
      const contentType = patchType.apply;
      const body = configMap('applied', value);
      return { method: 'PATCH' as const, path: `${configMaps}/applied`, query: { fieldManager }, contentType, body };
    };
    const made = await ask(put('one', '1'));
    expect((await ask(put('one', '1'))).metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    const other = await kube.request(put('two', '2'));
    expect(other).toMatchObject({
      ok: false,
      problem: { code: 'conflict', message: expect.stringContaining('"one"') },
    });
  });

  test.each([true, false])('a copy is kept up to date (metadata only: %s)', async (metadataOnly) => {
    const labels = { copied: String(metadataOnly) };
    const make = (name: string, value: string) => {
      const object = configMap(name, value);
      return { ...object, metadata: { ...object.metadata, labels } };
    };
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}-${metadataOnly}`);
    for (const name of names) await ask({ method: 'POST', path: configMaps, body: make(name, '1') });
    const watched = watch(kube, {
      path: configMaps,
      query: { labelSelector: `copied=${metadataOnly}` },
      metadataOnly,
      keep: ({ kind, data }) => [kind, data],
    });
    await watched.whenSynced;
    expect([...watched.items().keys()]).toEqual(names.map((name) => `${namespace}/${name}`));
    await ask({ method: 'PUT', path: `${configMaps}/${names[0]}`, body: make(names[0]!, '2') });
    await ask({ method: 'DELETE', path: `${configMaps}/${names[1]}` });
    await ask({ method: 'POST', path: configMaps, body: make(`f-${metadataOnly}`, '1') });
    await eventually(async () => {
      expect(watched.items().has(`${namespace}/f-${metadataOnly}`)).toBe(true);
      expect(watched.items().has(`${namespace}/${names[1]}`)).toBe(false);
    });
    const kept = watched.items().get(`${namespace}/${names[0]}`);
    // What a list holds does not say its kind; what a watch tells does.
    expect(kept).toEqual(metadataOnly ? ['PartialObjectMetadata', undefined] : ['ConfigMap', { value: '2' }]);
    expect(watched.problem()).toBeUndefined();
  });

  test('a version that the server has not reached: the watch is open, and tells nothing', async () => {
    const told: unknown[] = [];
    const query = { watch: 'true', allowWatchBookmarks: 'true', resourceVersion: '999999999', timeoutSeconds: '3' };
    const stream = kube.stream({ method: 'GET', path: configMaps, query }, (line) => told.push(line));
    expect(await stream.opened).toBe(true);
    await ask({ method: 'POST', path: configMaps, body: configMap('unseen', '1') });
    expect(await stream.ended).toBeUndefined();
    expect(told).toEqual([]);
  });

  test('a service account: what it may not is told, until it may', async () => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const path = `${root}/serviceaccounts/reader/token`;
    const { status } = await ask<{ status: { token: string } }>({ method: 'POST', path, body });
    const pod = await inPod(kube.server, status.token);
    const refused = await pod.request({ method: 'GET', path: `${root}/secrets` });
    const user = `system:serviceaccount:${namespace}:reader`;
    expect(refused).toMatchObject({
      ok: false,
      problem: { code: 'forbidden', message: expect.stringContaining(user) },
    });

    const watched = watch(pod, { path: configMaps, keep: () => true });
    await eventually(async () => expect(watched.problem()).toMatch(/403: configmaps is forbidden/));
    expect(watched.synced()).toBe(false);
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] }];
    const subjects = [{ kind: 'ServiceAccount', name: 'reader', namespace }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };
    const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'reader', namespace } };
    await apply([
      { ...rbac, kind: 'Role', rules },
      { ...rbac, kind: 'RoleBinding', subjects, roleRef },
    ]);
    await watched.whenSynced;
    expect(watched.problem()).toBeUndefined();

    const stranger = await inPod(kube.server, 'nobody');
    const unknown = await stranger.request({ method: 'GET', path: '/version' });
    expect(unknown).toMatchObject({ ok: false, problem: { code: 'unauthorized', status: 401 } });
  });

  /** A connection as a pod with that token has it. */
  async function inPod(server: string, token: string): Promise<Kube> {
    const dir = await mkdtemp(join(tmpdir(), 'service-account-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    const ca = await must(['config', 'view', '--minify', '--flatten', '--raw', '-o', 'json']);
    const { clusters } = JSON.parse(ca.out) as { clusters: { cluster: Record<string, string> }[] };
    const data = Buffer.from(clusters[0]!.cluster['certificate-authority-data'] ?? '', 'base64');
    for (const [name, text] of Object.entries({ token, 'ca.crt': data, namespace })) {
      await writeFile(join(dir, name), text);
    }
    const { hostname, port } = new URL(server);
    const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port || '443' };
    const connected = await connect({ env, serviceAccount: dir });
    if (!connected.ok) throw new Error(connected.problem);
    onTestFinished(connected.kube.close);
    return connected.kube;
  }
});
