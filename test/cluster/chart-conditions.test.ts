import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { eventually } from './eventually.ts';
import { apply, type KubernetesObject, kubectl, must } from './kubectl.ts';
import type { Ended } from './program.ts';

// The chart's webhook configurations, with a Service that is not there and `failurePolicy: Fail`: an object that would
// be sent to the webhook is refused, and the message names the entry; so would a condition be that cannot be evaluated.

const [quiet, opted, out] = ['chart-conditions', 'chart-conditions-opted', 'chart-conditions-out'] as const;
const golden = join(import.meta.dirname, '../golden/chart/default.yaml');

interface Configuration extends KubernetesObject {
  readonly webhooks: readonly {
    readonly namespaceSelector: { readonly matchExpressions: readonly object[] };
    readonly clientConfig: { readonly service: object };
  }[];
}

function configurations(): object[] {
  const ours = { key: 'kubernetes.io/metadata.name', operator: 'In', values: [quiet, opted, out] };
  return (loadAll(readFileSync(golden, 'utf8')) as (Configuration | null)[])
    .filter((object) => object !== null && /^(Mutating|Validating)Webhook/.test(object.kind))
    .map((configuration) => ({
      apiVersion: configuration!.apiVersion,
      kind: configuration!.kind,
      metadata: { name: quiet },
      webhooks: configuration!.webhooks.map((entry) => ({
        ...entry,
        failurePolicy: 'Fail',
        clientConfig: { service: { ...entry.clientConfig.service, namespace: quiet, name: 'is-not-there' } },
        namespaceSelector: { matchExpressions: [...entry.namespaceSelector.matchExpressions, ours] },
      })),
    }));
}

const create = (object: object, namespace: string): Promise<Ended> =>
  kubectl(['create', '-f', '-', '--dry-run=server', '-o', 'name', '-n', namespace], JSON.stringify(object));

/** The entry that is called for the object, or "nobody". */
async function called(object: object, namespace: string = quiet): Promise<string> {
  const { code, err } = await create(object, namespace);
  if (code === 0) return 'nobody';
  const entry = /failed calling webhook "([\w.-]+)\.metrics-sidecar\.io"/.exec(err)?.[1];
  if (entry === undefined) throw new Error(err);
  return entry;
}

type Metadata = { readonly annotations?: object; readonly labels?: object; readonly ownerReferences?: object[] };
const asks = { 'metrics-sidecar.io/inject': 'statsd' };
const spec = { containers: [{ name: 'app', image: 'example.invalid/app:1' }] };
const pod = (metadata: Metadata = {}, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', ...metadata },
  spec: { ...spec, ...more },
});
const service = (metadata: Metadata = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a', ...metadata },
  spec: { selector: { app: 'a' }, ports: [{ port: 80 }] },
});
const job = { template: { spec: { ...spec, restartPolicy: 'Never' } } };
const labels = { app: 'a' };
const workload = (kind: string, metadata: Metadata = {}, template: Metadata = {}) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'a', ...metadata },
  spec: { selector: { matchLabels: labels }, template: { metadata: { labels, ...template }, spec } },
});
const cronJob = (jobTemplate: Metadata = {}, template: Metadata = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'a' },
  spec: {
    schedule: '0 0 * * *',
    jobTemplate: { metadata: jobTemplate, spec: { template: { ...job.template, metadata: template } } },
  },
});
const owner = (controller: boolean) => [
  { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a', uid: '4f53cda1-0000-4000-8000-000000000000', controller },
];

describe.skipIf(inject('missing'))('the API server calls for', () => {
  beforeAll(async () => {
    const label = (name: string, value?: string) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, ...(value !== undefined && { labels: { 'metrics-sidecar.io/inject': value } }) },
    });
    await apply([label(quiet), label(opted, 'statsd.ingest'), label(out, 'false')]);
    await apply(configurations());
    await eventually(async () => {
      // A registration reaches the API server by a watch, each of the two in its own time.
      expect([
        await called(pod({ annotations: asks })),
        await called(workload('Deployment', { annotations: asks })),
      ]).toEqual(['pods', 'workloads']);
    });
  });
  afterAll(async () => {
    await must(['delete', 'mutatingwebhookconfiguration,validatingwebhookconfiguration', quiet]);
    await must(['delete', 'namespace', quiet, opted, out, '--wait=false']);
  });

  const mirror = { 'kubernetes.io/config.mirror': 'a' };
  const node = { nodeName: 'a' };
  const own = { 'app.kubernetes.io/name': 'metrics-sidecar' };
  const [asking, needs] = ['metrics-sidecar.io/inject', 'metrics-sidecar.io/required'] as const;
  const required = { ...asks, [needs]: 'true' };
  const typo = { ...required, [asking]: 'statds' };
  const ended = { name: 'metrics-sidecar', image: 'example.invalid/sidecar:1' };
  const sidecar = { ...ended, restartPolicy: 'Always' };

  test.each([
    ['a pod that says nothing', pod(), quiet, 'nobody'],
    ['one with annotations of others', pod({ annotations: { 'example.com/inject': 'a' } }), quiet, 'nobody'],
    ['one that asks', pod({ annotations: asks }), quiet, 'pods'],
    ['one of our own', pod({ annotations: asks, labels: own }), quiet, 'nobody'],
    ['the mirror of a static pod', pod({ annotations: { ...asks, ...mirror } }, node), quiet, 'nobody'],
    ['one that says nothing where the namespace asks', pod(), opted, 'namespaces'],
    ['one with other annotations there', pod({ annotations: { a: 'b' } }), opted, 'namespaces'],
    ['one that asks itself there', pod({ annotations: asks }), opted, 'pods'],
    ['one that opts out there', pod({ annotations: { 'metrics-sidecar.io/inject': 'false' } }), opted, 'pods'],
    ['one that is required', pod({ annotations: required }), quiet, 'required-pods'],
    ['one that is required and asks for a kind that there is not', pod({ annotations: typo }), quiet, 'required-pods'],
    ['one that is not required', pod({ annotations: { ...required, [needs]: 'false' } }), quiet, 'pods'],
    [
      'one that says it in a word that there is not',
      pod({ annotations: { ...required, [needs]: 'True' } }),
      quiet,
      'pods',
    ],
    ['one that says it with a space', pod({ annotations: { ...required, [needs]: ' true' } }), quiet, 'pods'],
    ['one that is required and opts out', pod({ annotations: { ...required, [asking]: ' false' } }), quiet, 'pods'],
    ['one that is required and does not ask', pod({ annotations: { [needs]: 'true' } }), quiet, 'nobody'],
    [
      'one that does not ask where the namespace does',
      pod({ annotations: { [needs]: 'true' } }),
      opted,
      'required-namespaces',
    ],
    ['one that is required and asks there', pod({ annotations: required }), opted, 'required-pods'],
    ['one that is required where the namespace opted out', pod({ annotations: required }), out, 'nobody'],
    ['one that is required, of our own', pod({ annotations: required, labels: own }), quiet, 'nobody'],
    ['one that is required, a mirror', pod({ annotations: { ...required, ...mirror } }, node), quiet, 'nobody'],
    [
      'one that is required and has its sidecar',
      pod({ annotations: required }, { initContainers: [sidecar] }),
      quiet,
      'pods',
    ],
    [
      'one whose sidecar would run to its end',
      pod({ annotations: required }, { initContainers: [ended] }),
      quiet,
      'required-pods',
    ],
    [
      'one with a classic sidecar',
      pod({ annotations: required }, { containers: [...spec.containers, ended] }),
      quiet,
      'pods',
    ],
    ['one without containers', pod({ annotations: required }, { containers: null }), quiet, 'pods'],
    ['a mirror there', pod({ annotations: mirror }, node), opted, 'nobody'],
    ['one of our own there', pod({ labels: own }), opted, 'nobody'],
    ['one that asks where the namespace opted out', pod({ annotations: asks }), out, 'nobody'],
    ['one that says nothing there', pod(), out, 'nobody'],
  ])('%s', async (_, object, namespace, entry) => expect(await called(object, namespace)).toBe(entry));

  test.each([
    ['a Service that says nothing', service(), 'nobody'],
    ['one to be scraped', service({ annotations: { 'metrics-sidecar.io/scrape': 'true' } }), 'services'],
    ['one to be led through', service({ annotations: { 'haproxy.metrics-sidecar.io/route': 'true' } }), 'services'],
    ['one that was written', service({ annotations: { 'metrics-sidecar.io/status': '{}' } }), 'services'],
    ['one with annotations of others', service({ annotations: { 'example.com/scrape': 'true' } }), 'nobody'],
  ])('%s', async (_, object, entry) => expect(await called(object)).toBe(entry));

  test.each([
    ['a Deployment that does not mention us', workload('Deployment'), 'nobody'],
    ['one whose pods ask', workload('Deployment', {}, { annotations: asks }), 'workloads'],
    ['one annotated itself', workload('Deployment', { annotations: asks }), 'workloads'],
    ['one labelled', workload('Deployment', { labels: asks }), 'workloads'],
    ['one whose pods are labelled', workload('Deployment', {}, { labels: { ...labels, ...asks } }), 'workloads'],
    [
      'a domain without its s',
      workload('DaemonSet', { annotations: { 'metric-sidecar.io/inject': 'a' } }),
      'workloads',
    ],
    [
      'a domain without its joint',
      workload('Deployment', { annotations: { 'metricssidecar.io/inject': 'a' } }),
      'workloads',
    ],
    ['a kind', workload('Deployment', {}, { annotations: { 'statsd.metrics-sidecar.io/udp-port': 'a' } }), 'workloads'],
    ['other sidecars', workload('Deployment', { annotations: { 'sidecar.istio.io/inject': 'true' } }), 'nobody'],
    ['a StatefulSet', workload('StatefulSet', {}, { annotations: asks }), 'workloads'],
    ['a ReplicaSet', workload('ReplicaSet', {}, { annotations: asks }), 'workloads'],
    [
      "a Deployment's ReplicaSet",
      workload('ReplicaSet', { annotations: asks, ownerReferences: owner(true) }, { annotations: asks }),
      'nobody',
    ],
    [
      'a ReplicaSet that somebody owns and does not control',
      workload('ReplicaSet', { ownerReferences: owner(false) }, { annotations: asks }),
      'workloads',
    ],
    ['a Job without metadata', { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a' }, spec: job }, 'nobody'],
    ['a CronJob without metadata', cronJob(), 'nobody'],
    ['a CronJob whose Jobs are annotated', cronJob({ annotations: asks }), 'workloads'],
    ['a CronJob whose pods ask', cronJob({}, { annotations: asks }), 'workloads'],
  ])('%s', async (_, object, entry) => expect(await called(object)).toBe(entry));
});
