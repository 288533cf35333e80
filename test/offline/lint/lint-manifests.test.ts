import { expect, test } from 'vitest';
import { evaluateDocument } from '../../../src/offline/evaluate/evaluate.ts';
import { lint } from '../../../src/offline/lint/lint-manifests.ts';
import { linted, placesOf, setOf } from '../set.ts';

const deployment = (
  metadata: string,
  template: string,
  spec = 'containers: [{name: app, image: a:1}]',
) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders${metadata}}
spec:
  template:
    metadata: {${template}}
    spec: {${spec}}
`;
const asking = (annotations: string) =>
  deployment('', `annotations: {metrics-sidecar.io/inject: statsd${annotations}}`);

test('nothing to find', async () => {
  expect(await linted(asking(''))).toEqual([]);
  expect(await linted('')).toEqual([]);
  expect(await linted('just: values\n')).toEqual([]);
});

test('a misspelt kind hides nothing: the pod is judged as it was meant, too', async () => {
  const found = await linted(
    deployment(
      ', annotations: {statsd.metrics-sidecar.io/udp-port: "8080"}',
      'annotations: {metrics-sidecar.io/inject: stastd, metrics-sidecar.io/metrics-port: "8080"}',
      'containers: [{name: app, image: a:1, ports: [{containerPort: 8080, protocol: UDP}, {containerPort: 8080}]}]',
    ),
  );
  expect(placesOf(found)).toEqual(['3:40 wrong_level', '3:40 port_taken', '6:30 bad_value', '6:65 port_taken']);
  expect(found.map(({ advice }) => advice)).toEqual([
    'Move it to spec.template.metadata.annotations.',
    'Leave the annotation out, or write a free port: "9125".',
    'Write metrics-sidecar.io/inject: "statsd".',
    'Leave the annotation out, or write a free port: "9102".',
  ]);
});

test('a kind that nobody can guess hides nothing either', async () => {
  const text = deployment(
    '',
    'annotations: {metrics-sidecar.io/inject: "true", metrics-sidecar.io/metrics-port: "8080"}',
    'containers: [{name: app, image: a:1, ports: [{containerPort: 8080}]}]',
  );
  const found = await linted(text);
  expect(placesOf(found)).toEqual(['6:30 bad_value', '6:65 port_taken']);
  expect(found[0]!.advice).toBe('Write the kinds, such as metrics-sidecar.io/inject: "statsd".');
});

test('what follows from another mistake is not said', async () => {
  const found = await linted(
    deployment(
      ', annotations: {metrics-sidecar.io/inject: statsd}',
      'annotations: {statsd.metrics-sidecar.io/udp-port: "8125"}',
    ),
  );
  expect(placesOf(found)).toEqual(['3:40 wrong_level']);
  expect(placesOf(await linted(asking(', ingest.metrics-sidecar.io/port: "4999"')))).toEqual(['6:65 kind_not_asked']);
});

test('keys of a mistyped domain are read as they were meant', async () => {
  const found = await linted(
    deployment('', 'annotations: {metric-sidecar.io/inject: statsd, statsd.metrics-sidecar.io/udp-prot: "x"}'),
  );
  expect(placesOf(found)).toEqual(['6:30 foreign_domain', '6:64 unknown_annotation', '6:64 bad_value']);
});

test.each([
  ['labels of a pod', 'Pod', '{name: a, labels: {metrics-sidecar.io/inject: statsd}}', 'label_not_annotation'],
  ['a domain on a pod', 'Pod', '{name: a, annotations: {metrics-sidecars.io/inject: statsd}}', 'foreign_domain'],
  ['a ConfigMap', 'ConfigMap', '{name: a, annotations: {metrics-sidecar.io/inject: statsd}}', 'not_read_here'],
  ['a Namespace', 'Namespace', '{name: a, annotations: {metrics-sidecar.io/inject: statsd}}', 'not_read_here'],
  [
    'a label of a Namespace',
    'Namespace',
    '{name: a, labels: {metrics-sidecar.io/inject: statd}}',
    'bad_namespace_label',
  ],
  [
    'a domain on a Service',
    'Service',
    '{name: a, annotations: {metrics-sidecars.io/scrape: "true"}}',
    'foreign_domain',
  ],
])('%s', async (_, kind, metadata, code) => {
  const spec = kind === 'Service' ? '{ports: [{port: 80}]}' : '{containers: [{name: app, image: a:1}]}';
  const found = await linted(`apiVersion: v1\nkind: ${kind}\nmetadata: ${metadata}\nspec: ${spec}\n`);
  expect(found.map((one) => one.code)).toEqual([code]);
  expect(found[0]).toMatchObject({ line: 3, column: metadata.search(/metrics-sidecars?\.io/) + 11 });
});

test("a Namespace's label is found once, however many pods it asks for", async () => {
  const namespace =
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {metrics-sidecar.io/inject: statd}}\n';
  const pod = '---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: app, image: a:1}]}\n';
  expect(placesOf(await linted(namespace + pod + pod))).toEqual(['3:36 bad_namespace_label']);
});

test('custom resources: at the wrong level, and where the path leads to no template', async () => {
  const text = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: a, annotations: {metrics-sidecar.io/inject: statsd}}
spec: {template: {spec: {containers: [{name: app, image: a:1}]}}}
`;
  const at = (path: string) => linted(text, { paths: [path] });
  expect(placesOf(await at('Rollout=spec.template'))).toEqual(['3:35 wrong_level']);
  expect(placesOf(await at('Rollout=spec.pod'))).toEqual(['3:12 template_missing', '3:35 wrong_level']);
});

test('a Job that would not finish, where the cluster is known to be old', async () => {
  const job = `apiVersion: batch/v1
kind: Job
metadata: {name: import}
spec:
  template:
    metadata: {annotations: {metrics-sidecar.io/inject: statsd}}
    spec: {restartPolicy: Never, containers: [{name: app, image: a:1}]}
`;
  expect(await linted(job)).toEqual([]);
  expect(placesOf(await linted(job, { kubernetesVersion: '1.27' }))).toEqual(['6:30 job_without_native']);
});

test('what the settings file says wrongly for a pod is told where the pod asks', async () => {
  const found = await linted(asking('').replace('statsd', 'haproxy'), {
    defaults: { 'haproxy.metrics-sidecar.io/app-port': 'web' },
  });
  expect(placesOf(found)).toEqual(['6:30 unknown_port_name']);
});

test('what cannot be read, and what reads otherwise than it looks, is found among the rest', async () => {
  const found = await linted(`a: [1\n---\n${asking(', a: 1, a: 2')}`);
  expect(found.map(({ code, severity, object }) => [code, severity, object])).toEqual([
    ['manifest', 'error', ''],
    ['manifest_doubtful', 'warning', ''],
    ['not_string', 'error', 'Deployment/orders'],
  ]);
});

test('in the order of the files, then of their lines', async () => {
  const found = await linted({
    'z.yaml': asking(', metrics-sidecar.io/native: x'),
    'a.yaml': asking(', metrics-sidecar.io/env: x'),
  });
  expect(found.map(({ source }) => source)).toEqual(['z.yaml', 'a.yaml']);
});

test('an annotation that the settings file locks is found where it stands', async () => {
  const text = asking(', metrics-sidecar.io/image: "example.test/other:1"');
  const { manifests, evaluated, cluster } = setOf({ 'a.yaml': text });
  const lock = { keys: new Set(['metrics-sidecar.io/image']), kinds: new Set<never>() };
  const settings = { ...cluster.settings, lock };
  const again = evaluated.flatMap(({ document }) => evaluateDocument(document, [], { ...cluster, settings }));
  const found = await lint(manifests, again, { ...cluster, settings });
  expect(placesOf(found)).toEqual(['6:65 locked']);
  expect(found[0]).toMatchObject({ severity: 'error', advice: expect.stringContaining('Leave the annotation out') });
});
