import { expect, test } from 'vitest';
import type { Operation } from '../../../src/json/operation.ts';
import { objectsOf } from '../../../src/manifest/objects.ts';
import { readPodTemplatePath } from '../../../src/manifest/pod-template-path.ts';
import { readManifest } from '../../../src/manifest/read/manifest.ts';
import { changeManifest } from '../../../src/offline/change/change-manifest.ts';
import { changedText } from '../../../src/offline/change/change-output.ts';
import { injectManifest } from '../../../src/offline/change/inject-manifest.ts';
import { clusterContextOf } from '../../../src/offline/evaluate/cluster-context.ts';
import { noSettings } from '../../../src/settings/settings-file.ts';

const pod = (name: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec: {containers: [{name: a}]}
`;

const flags = {
  settings: undefined,
  onInvalid: 'allow',
  nativeSidecars: 'auto',
  kubernetesVersion: undefined,
  namespace: 'default',
} as const;

function injected(text: string, ...paths: readonly string[]) {
  const manifest = readManifest(text, 'm.yaml');
  const read = paths.map(readPodTemplatePath).flatMap((one) => (one.ok ? [one.value] : []));
  return injectManifest(manifest, read, clusterContextOf({ flags, file: noSettings, version: '1.2.3' }, [manifest]));
}

test('a document that cannot be edited stays as it is, with a problem; the others are changed', () => {
  const manifest = readManifest(`${pod('one')}---\n${pod('two')}`, 'm.yaml');
  const changed = changeManifest(manifest, (document) =>
    objectsOf(document, []).map((object) => {
      const path = object.name === 'one' ? '/spec/containers/7/image' : '/spec/containers/0/image';
      const patch: readonly Operation[] = [
        { op: 'add', path: '/metadata/labels', value: {} },
        { op: 'add', path, value: 'x' },
      ];
      const part = { location: object.pods[0]!, decision: 'injected' as const, kinds: [], patch, reasons: [] };
      return { object, parts: [part], reasons: [] };
    }),
  );
  expect(changedText(changed)).toBe(
    `${pod('one')}---\n${pod('two').replace('{name: two}', '{name: two, labels: {}}').replace('{name: a}', '{name: a, image: x}')}`,
  );
  expect(changed.problems).toMatchObject([
    { severity: 'error', document: 1, line: 4, message: expect.stringMatching(/^cannot be changed.*containers\/7/) },
  ]);
  expect(changed.operations.size).toBe(1);
});

test('an object of several templates has one line, and says the worst', () => {
  const template = (inject: string) =>
    `{metadata: {annotations: {metrics-sidecar.io/inject: ${inject}}}, spec: {containers: [{name: a}]}}`;
  const text = `apiVersion: batch.volcano.sh/v1alpha1
kind: Job
metadata: {name: train}
spec:
  tasks:
  - template: ${template('statsd')}
  - template: ${template('ingest')}
  - template: ${template('statds')}
`;
  const { objects, problems } = injected(text, 'Job.batch.volcano.sh=spec.tasks[*].template');
  expect(problems).toEqual([]);
  expect(objects).toMatchObject([{ decision: 'invalid', kinds: ['statsd', 'ingest'], line: 3 }]);
  expect(objects[0]!.findings.filter(({ severity }) => severity === 'error')).toMatchObject([
    { line: 8, field: "spec.tasks[2].template.metadata.annotations['metrics-sidecar.io/inject']" },
  ]);
  expect(new Set(objects[0]!.patch.map(({ path }) => path.split('/').slice(0, 4).join('/')))).toEqual(
    new Set(['/spec/tasks/0', '/spec/tasks/1', '/spec/tasks/2']),
  );
});

test('a path that leads nowhere in the kind that it was given for is told', () => {
  const rollout =
    'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: web}\nspec: {template: {spec: {}}}\n';
  expect(injected(rollout, 'Rollout=spec.templates').problems).toMatchObject([
    {
      severity: 'warning',
      line: 3,
      message: 'Rollout/web: --pod-template-path Rollout=spec.templates leads to no pod template',
    },
  ]);
});

test('the label of a namespace is found wrong where it stands', () => {
  const namespace =
    'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: default\n  labels:\n    metrics-sidecar.io/inject: statds\n';
  const { objects } = injected(`${namespace}---\n${pod('web')}`);
  expect(objects).toMatchObject([
    { decision: 'invalid', findings: [{ line: 6, column: 5, reason: { code: 'bad_namespace_label' } }] },
  ]);
});

test.each([
  ['a ReplicaSet of a Deployment', 'apps/v1', 'ReplicaSet', 'Deployment'],
  ['the Job of a CronJob', 'batch/v1', 'Job', 'CronJob'],
])('%s is left to its owner', (_, apiVersion, kind, owner) => {
  const text = `apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: x, ownerReferences: [{kind: ${owner}, controller: true}]}
spec: {template: {metadata: {annotations: {metrics-sidecar.io/inject: statsd}}, spec: {containers: [{name: a}]}}}
`;
  const changed = injected(text);
  expect(changed.objects).toEqual([]);
  expect(changedText(changed)).toBe(text);
});
