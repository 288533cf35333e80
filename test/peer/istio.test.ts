import { describe, expect, onTestFinished, test } from 'vitest';
import { type JsonObject, objectOf, objectsOf } from '../../src/json/json.ts';
import { casesOf, folders } from '../inject/corpus.ts';
import { annotationsOf, containers, statusOf } from '../inject/pods.ts';
import { authority } from '../webhook/pair.ts';
import { running } from '../webhook/running.ts';
import { startApiServer } from './api-server.ts';
import { istioAdmission, istioName, mutatingWebhook } from './istio-admission.ts';
import { kubernetesPrograms } from './kubernetes-programs.ts';

const programs = kubernetesPrograms('no injector like that of Istio stood around the webhook');

/** The name of our registration by namespace; null: we are not asked there. */
const registrations: Readonly<Record<string, string | null>> = {
  'istio-alone': null,
  'we-first': 'inject-metrics-sidecar',
  'istio-first': 'metrics-sidecar',
  'policy-first': 'metrics-sidecar-policy-first',
  'policy-behind': 'metrics-sidecar-policy-behind',
};
const meshed = ['istio-alone', 'we-first', 'istio-first'];

type Created = { readonly object: JsonObject } | { readonly problem: string };

const named = (...names: readonly string[]): JsonObject => ({
  matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: names }],
});

function ours(name: string, namespace: string, port: number): JsonObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'pods.metrics-sidecar.io',
        clientConfig: {
          url: `https://127.0.0.1:${port}/mutate`,
          caBundle: Buffer.from(authority.cert).toString('base64'),
        },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
        namespaceSelector: named(namespace),
        matchConditions: [
          {
            name: 'asks',
            expression:
              "has(object.metadata.annotations) && 'metrics-sidecar.io/inject' in object.metadata.annotations",
          },
        ],
        ...{
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Fail',
          reinvocationPolicy: 'IfNeeded',
        },
      },
    ],
  };
}

/** An API server with an injector like Istio's, our webhook before it in one namespace and behind it in another. */
async function mesh() {
  const admission = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration' };
  const api = await startApiServer(programs!, admission);
  onTestFinished(api.stop);
  const post = async (path: string, body: JsonObject) =>
    expect(await api.request('POST', path, body)).toMatchObject({ status: 201 });
  const register = (object: JsonObject) =>
    post('/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', object);
  for (const name of Object.keys(registrations))
    await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const istio = await istioAdmission(true);
  onTestFinished(istio.stop);
  await register(istio.registration(istioName, named(...meshed)));
  // Engines of policies, such as Gatekeeper and Kyverno, that write our annotation on pods.
  const policy = await mutatingWebhook((pod) =>
    objectOf(objectOf(pod.metadata)?.annotations)?.['example.test/policy'] === 'statsd'
      ? [{ op: 'add', path: '/metadata/annotations/metrics-sidecar.io~1inject', value: 'statsd' }]
      : undefined,
  );
  onTestFinished(policy.stop);
  await register(policy.registration('a-policy', named('policy-first')));
  await register(policy.registration('z-policy', named('policy-behind')));
  const { webhook } = await running();
  for (const [namespace, name] of Object.entries(registrations))
    if (name !== null) await register(ours(name, namespace, webhook.tlsAddress.port));
  const create = async (namespace: string, pod: JsonObject): Promise<Created> => {
    const { ownerReferences: _, ...metadata } = objectOf(pod.metadata) ?? {};
    const body = { ...pod, apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'a-', ...metadata, namespace } };
    const answer = await api.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, body);
    const object = JSON.parse(answer.body) as JsonObject;
    return answer.status === 201 ? { object } : { problem: String(object.message) };
  };
  // A registration reaches the admission chain some moments after it was stored.
  const isInForce = async (namespace: string) => {
    const text = JSON.stringify(await create(namespace, asking));
    return (
      text.includes('istio-proxy') === meshed.includes(namespace) &&
      text.includes('metrics-sidecar.io/injected') === (registrations[namespace] !== null)
    );
  };
  for (const namespace of Object.keys(registrations))
    await expect.poll(() => isInForce(namespace), { timeout: 30_000 }).toBe(true);
  return create;
}

const asking: JsonObject = {
  metadata: { name: 'app', annotations: { 'metrics-sidecar.io/inject': 'statsd' } },
  spec: { containers: [{ name: 'app', image: 'app:1' }] },
};
const ofPolicy: JsonObject = { ...asking, metadata: { name: 'app', annotations: { 'example.test/policy': 'statsd' } } };

function objectIn(made: Created): JsonObject {
  if ('problem' in made) throw new Error(made.problem);
  return made.object;
}

const inits = (pod: JsonObject) => containers(pod, 'initContainers').map(({ name }) => name);
const page = (pod: JsonObject) =>
  containers(pod, 'initContainers')
    .filter(({ name }) => name === 'istio-proxy')
    .flatMap(({ env }) => objectsOf(env).map(({ value }) => value));

describe.skipIf(programs === undefined)('a real API server with an injector like that of Istio', () => {
  test("before it, our page is Istio's to serve; behind it, the annotations are Istio's", async () => {
    const create = await mesh();
    const before = objectIn(await create('we-first', asking));
    expect(inits(before)).toEqual(['istio-init', 'istio-proxy', 'metrics-sidecar']);
    expect(annotationsOf(before)).toMatchObject({
      'prometheus.io/port': '15020',
      'metrics-sidecar.io/scraped-by': 'prometheus-annotations',
    });
    expect(page(before)).toEqual(['{"scrape":"true","path":"/metrics","port":"9102"}']);
    expect(statusOf(before)).toMatchObject({ decisions: { slot: 'ours' }, warnings: [], reasons: [] });

    const behind = objectIn(await create('istio-first', asking));
    expect(inits(behind)).toEqual(['metrics-sidecar', 'istio-init', 'istio-proxy']);
    expect(annotationsOf(behind)['prometheus.io/port']).toBe('15020');
    expect(page(behind)).toEqual([]);
    expect(statusOf(behind)).toMatchObject({ decisions: { slot: 'theirs' }, reasons: ['slot_mesh'] });
  });

  test('a webhook that was not called in the first round is not called in the second', async () => {
    const create = await mesh();
    const annotated = async (namespace: string) => annotationsOf(objectIn(await create(namespace, ofPolicy)));
    const isInForce = async (namespace: string) => (await annotated(namespace))['metrics-sidecar.io/inject'];
    for (const namespace of ['policy-first', 'policy-behind'])
      await expect.poll(() => isInForce(namespace), { timeout: 30_000 }).toBe('statsd');
    expect(await annotated('policy-first')).toHaveProperty('metrics-sidecar.io/status');
    expect(await annotated('policy-behind')).not.toHaveProperty('metrics-sidecar.io/status');
  });

  test('takes every pod of the corpus with us that it takes with Istio alone', async () => {
    const create = await mesh();
    const pods = folders.flatMap((name) =>
      casesOf(name)
        .filter(({ what }) => what === 'pod')
        .map(({ json }) => json),
    );
    const counts = { accepted: 0, injected: 0, denied: 0 };
    const worse: string[] = [];
    for (const pod of pods) {
      if ('problem' in (await create('istio-alone', pod))) continue;
      counts.accepted++;
      for (const namespace of ['we-first', 'istio-first']) {
        const made = await create(namespace, pod);
        if ('object' in made) counts.injected += inits(made.object).includes('metrics-sidecar') ? 1 : 0;
        else if (made.problem.includes('"pods.metrics-sidecar.io" denied the request')) counts.denied++;
        else worse.push(`${namespace}: ${made.problem}`);
      }
    }
    expect(worse).toEqual([]);
    expect(counts.injected).toBeGreaterThan(200);
    console.info(`Istio-like admission: ${JSON.stringify(counts)}, accepted before and refused after: ${worse.length}`);
  });
});
