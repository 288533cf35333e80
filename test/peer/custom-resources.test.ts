import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authority } from '../webhook/pair.ts';
import type { Answered } from '../webhook/running.ts';
import { running } from '../webhook/running.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { kubernetesPrograms } from './kubernetes-programs.ts';

// The chart's `lint.extraResources` on a real API server: the entry as Helm renders it, but for the address.

const programs = kubernetesPrograms('no custom resource was applied to a real one');

const golden = join(import.meta.dirname, '../golden/chart/everything.yaml');
const registrations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

interface Registration {
  readonly kind: string;
  readonly webhooks: readonly { readonly name: string }[];
}

function registration(url: string): object {
  const rendered = loadAll(readFileSync(golden, 'utf8')) as (Registration | null)[];
  const { webhooks, ...rest } = rendered.find((one) => one?.kind === 'ValidatingWebhookConfiguration')!;
  const entry = webhooks.find(({ name }) => name === 'resources.metrics-sidecar.io')!;
  const clientConfig = { url, caBundle: Buffer.from(authority.cert).toString('base64') };
  return { ...rest, metadata: { name: 'ours' }, webhooks: [{ ...entry, clientConfig, namespaceSelector: {} }] };
}

function definition(group: string, version: string, kind: string, plural: string): object {
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}

const containers = [{ name: 'app', image: 'example.test/app:1' }];
const template = (annotations: object | null) => ({ metadata: { annotations }, spec: { containers } });
const rollout = (spec: unknown, metadata: object = {}) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'orders', ...metadata },
  spec,
});
const named = (object: { readonly metadata: object }, name: string) => ({
  ...object,
  metadata: { ...object.metadata, name },
});
const mistyped = { 'metrics-sidecar.io/inject': 'statds' };
const statds = /statds\\" is not a kind \(statsd, ingest, port-monitor, haproxy\); did you mean \\"statsd/;
const controller = { apiVersion: 'v1', kind: 'X', name: 'x', uid: '4f53cda1-0000-4000-8000-000000000000' };

/** Objects that no type of the API server checks, and whether the condition has the webhook asked about them. */
const shapes: readonly [string, ReturnType<typeof rollout>, boolean][] = [
  ['a right one is asked about', rollout({ template: template({ 'metrics-sidecar.io/inject': 'statsd' }) }), true],
  ['of a workloadRef', rollout({ workloadRef: { kind: 'Deployment', name: 'a' } }), true],
  ['no spec', { ...rollout({}), spec: undefined }, true],
  ['a spec that is null', rollout(null), true],
  ['a spec that is a text', rollout('x'), true],
  ['a template that is a list', rollout({ template: [1] }), true],
  ['a template without a spec', rollout({ template: {} }), true],
  ['a template with templates in it', rollout({ template: { spec: { template: template(mistyped) } } }), true],
  ['annotations that are null', rollout({ template: template(null) }), false],
  [
    'annotations that are a list',
    rollout({ template: { metadata: { annotations: ['a'] }, spec: { containers } } }),
    false,
  ],
  ['metadata that is a text', rollout({ template: { metadata: 'x', spec: { containers } } }), false],
  ['a template that does not mention us', rollout({ template: template({ a: 'b' }) }), false],
  [
    'a controller made it',
    rollout({ template: template(mistyped) }, { ownerReferences: [{ ...controller, controller: true }] }),
    false,
  ],
];

describe.skipIf(programs === undefined)('a real API server', () => {
  let api: ApiServer;
  const at = '/apis/argoproj.io/v1alpha1/namespaces/default/rollouts?dryRun=All';
  const create = (object: object, path = at): Promise<Answered> => api.request('POST', path, object);

  beforeAll(async () => {
    const admission = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration', plugins: [] };
    api = await startApiServer(programs!, admission);
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await api.request('POST', definitions, definition('argoproj.io', 'v1alpha1', 'Rollout', 'rollouts'));
    await api.request('POST', definitions, definition('batch.volcano.sh', 'v1alpha1', 'Job', 'jobs'));
  }, 60_000);
  afterAll(() => api?.stop());

  test('warns whoever applies a custom resource, refuses none, and asks about those alone that may mention us', async () => {
    const { webhook, log } = await running();
    const url = `https://127.0.0.1:${webhook.tlsAddress.port}/lint`;
    expect((await api.request('POST', registrations, registration(url))).status).toBe(201);
    const wrong = rollout({ template: template(mistyped) });
    // A definition and a registration reach the handlers some moments after they were stored.
    await expect
      .poll(() => create(wrong), { timeout: 20_000 })
      .toMatchObject({ status: 201, headers: { warning: expect.stringMatching(statds) } });

    const job = {
      apiVersion: 'batch.volcano.sh/v1alpha1',
      kind: 'Job',
      metadata: { name: 'train' },
      spec: { tasks: [{ template: template({}) }, { template: template(mistyped) }] },
    };
    expect(await create(job, '/apis/batch.volcano.sh/v1alpha1/namespaces/default/jobs?dryRun=All')).toMatchObject({
      status: 201,
      headers: { warning: expect.stringMatching(statds) },
    });
    const near = rollout({ template: template({ 'metric-sidecar.io/inject': 'statsd' }) });
    expect((await create(near)).headers['warning']).toMatch(/no domain of ours/);
    const above = rollout({ template: template({}) }, { annotations: { 'metrics-sidecar.io/inject': 'statsd' } });
    expect((await create(above)).headers['warning']).toMatch(/belongs in the metadata of the pod template/);

    const answers: unknown[] = [];
    for (const [i, [, object]] of shapes.entries()) {
      const { status, headers } = await create(named(object, `shape-${i}`));
      answers.push([status, headers['warning']]);
    }
    expect(answers).toEqual(shapes.map(() => [201, undefined]));
    await create(named(wrong, 'last'));
    const names = () => log.lines.filter(({ message }) => message === 'decision').map((line) => line['name']);
    await expect.poll(names).toContain('last');
    const asked = shapes.map(([shape], i) => [shape, names().includes(`shape-${i}`)]);
    expect(asked).toEqual(shapes.map(([shape, , isAsked]) => [shape, isAsked]));
  }, 60_000);
});
