import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { watchFacts } from '../../src/cluster/watch-facts.ts';
import { type JsonObject, objectOf, objectsOf, textsOf } from '../../src/json/json.ts';
import { connect } from '../../src/kube/connection/connect.ts';
import { casesOf, folders } from '../inject/corpus.ts';
import { containerOf } from '../inject/pods.ts';
import { failed } from '../thrown.ts';
import { folder } from '../webhook/folder.ts';
import { authority } from '../webhook/pair.ts';
import { running } from '../webhook/running.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { kubernetesPrograms } from './kubernetes-programs.ts';
import { openshiftAdmission } from './openshift-admission.ts';

const programs = kubernetesPrograms('no admission like that of OpenShift stood around the webhook');

const range = { start: 1_000_680_000, end: 1_000_689_999 };
/** The webhook's settings by namespace; null: it is not asked there. Those of `anyuid` have no range to keep to. */
const namespaces: Readonly<Record<string, string | null>> = {
  before: null,
  auto: 'users: auto',
  unset: 'users: unset',
  'anyuid-before': null,
  'anyuid-auto': 'users: auto',
};

type Created = { readonly object: JsonObject } | { readonly problem: string };

/** An API server with OpenShift's admission around our webhooks, and what creates a pod in it as a dry run. */
async function openshift() {
  const admission = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration' };
  const api = await startApiServer(programs!, admission);
  onTestFinished(api.stop);
  const post = async (path: string, body: JsonObject) =>
    expect(await api.request('POST', path, body)).toMatchObject({ status: 201 });
  const register = (object: JsonObject) =>
    post(`/apis/admissionregistration.k8s.io/v1/${String(object.kind).toLowerCase()}s`, object);
  for (const name of Object.keys(namespaces)) {
    const annotations = { 'openshift.io/sa.scc.uid-range': `${range.start}/10000` };
    await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations } });
  }
  const around = await openshiftAdmission((namespace) => (namespace.startsWith('anyuid') ? undefined : range));
  onTestFinished(around.stop);
  for (const object of around.registrations(named(...Object.keys(namespaces)))) await register(object);
  for (const [name, settings] of Object.entries(namespaces))
    if (settings !== null) await register(registration(name, await webhook(api, settings)));
  const create = async (namespace: string, pod: JsonObject): Promise<Created> => {
    const metadata = { generateName: 'of-the-corpus-', ...objectOf(pod.metadata), namespace };
    const body = { ...pod, apiVersion: 'v1', kind: 'Pod', metadata };
    const answer = await api.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, body);
    const object = JSON.parse(answer.body) as JsonObject;
    return answer.status === 201 ? { object } : { problem: String(object.message) };
  };
  // A registration reaches the admission chain some moments after it was stored.
  const isInForce = async (namespace: string) => {
    const made = await create(namespace, asking());
    const text = JSON.stringify(made);
    return (
      text.includes('s0:c26,c15') && text.includes('metrics-sidecar.io/injected') === (namespaces[namespace] !== null)
    );
  };
  for (const namespace of Object.keys(namespaces))
    await expect.poll(() => isInForce(namespace), { timeout: 30_000 }).toBe(true);
  const refused = async () => JSON.stringify(await create('before', asking({ runAsUser: 65532 })));
  await expect.poll(refused, { timeout: 30_000 }).toContain('must be in the ranges: [1000680000, 1000689999]');
  return create;
}

/** A webhook that watches the API server, with the content of its settings file. */
async function webhook({ kubeconfig }: ApiServer, settings: string): Promise<number> {
  const connected = await connect({ env: {}, kubeconfig });
  if (!connected.ok) throw new Error(connected.problem);
  const facts = watchFacts(connected.kube, { now: Date.now, random: Math.random, failed });
  onTestFinished(() => facts.stop());
  await facts.whenSynced;
  const file = join(await folder(), 'settings.yaml');
  await writeFile(file, settings);
  const started = await running({ settings: file, logLevel: 'error' }, { facts: (namespace) => facts.of(namespace) });
  return started.webhook.tlsAddress.port;
}

function named(...names: readonly string[]): JsonObject {
  return { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: names }] };
}

function registration(namespace: string, port: number): JsonObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: `metrics-sidecar-${namespace}` },
    webhooks: [
      {
        name: 'pods.metrics-sidecar.io',
        clientConfig: {
          url: `https://127.0.0.1:${port}/mutate`,
          caBundle: Buffer.from(authority.cert).toString('base64'),
        },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
        namespaceSelector: named(namespace),
        ...{ admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Fail' },
      },
    ],
  };
}

function asking(securityContext?: JsonObject): JsonObject {
  return {
    metadata: {
      name: 'app',
      annotations: { 'metrics-sidecar.io/inject': 'statsd,haproxy', 'haproxy.metrics-sidecar.io/app-port': '8080' },
    },
    spec: { containers: [{ name: 'app', image: 'app:1', ...(securityContext && { securityContext }) }] },
  };
}

const ours = ['metrics-sidecar', 'metrics-sidecar-haproxy', 'metrics-sidecar-haproxy-config'];
const usersOf = (made: Created) =>
  'problem' in made ? made.problem : ours.map((name) => containerOf(made.object, name)?.securityContext.runAsUser);

/** Whether the pod's own container-patch writes a user: that is what the person wants, in range or not. */
function choosesUser(pod: JsonObject): boolean {
  const annotations = textsOf(objectOf(pod.metadata)?.annotations);
  return annotations.get('metrics-sidecar.io/container-patch')?.includes('runAsUser') === true;
}

/** The pods of the corpus, with owners that the API server takes. */
const pods = folders.flatMap((name) =>
  casesOf(name)
    .filter(({ what, json }) => what === 'pod' && !choosesUser(json))
    .map(
      ({ json }) =>
        ({ ...json, metadata: { ...objectOf(json.metadata), ownerReferences: owners(json) } }) as JsonObject,
    ),
);

function owners(pod: JsonObject): readonly JsonObject[] {
  const uid = '7a4a1c9e-0f7e-4d0b-8f63-0d5c5a1f2b3c';
  return objectsOf(objectOf(pod.metadata)?.ownerReferences).map((one) => ({
    apiVersion: 'batch/v1',
    name: 'owner',
    uid,
    ...one,
  }));
}

describe.skipIf(programs === undefined)('a real API server with an admission like that of OpenShift', () => {
  test('takes every pod with our containers that it takes without them', async () => {
    const create = await openshift();
    for (const namespace of ['auto', 'unset'])
      expect(usersOf(await create(namespace, asking()))).toEqual([range.start, range.start, range.start]);
    // A user that the application chose within its range, and root, which no constraint of `anyuid` forbids.
    expect(usersOf(await create('auto', asking({ runAsUser: range.start + 7 })))).toEqual(
      Array(3).fill(range.start + 7),
    );
    expect(usersOf(await create('anyuid-auto', asking({ runAsUser: 0 })))).toEqual(Array(3).fill(range.start));

    const counts = { accepted: 0, injected: 0, denied: 0 };
    const worse: string[] = [];
    for (const [before, after] of [
      ['before', 'auto'],
      ['before', 'unset'],
      ['anyuid-before', 'anyuid-auto'],
    ] as const) {
      for (const pod of pods) {
        if ('problem' in (await create(before, pod))) continue;
        counts.accepted++;
        const made = await create(after, pod);
        if ('object' in made) counts.injected += containerOf(made.object, 'metrics-sidecar') === undefined ? 0 : 1;
        // A pod that says `required` is refused by us, with our reason.
        else if (made.problem.includes('"pods.metrics-sidecar.io" denied the request')) counts.denied++;
        else worse.push(`${after}: ${made.problem}`);
      }
    }
    expect(worse).toEqual([]);
    expect(counts.injected).toBeGreaterThan(300);
    console.info(
      `OpenShift-like admission: ${JSON.stringify(counts)}, accepted before and refused after: ${worse.length}`,
    );
  });
});
