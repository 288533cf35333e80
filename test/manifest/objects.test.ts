import { describe, expect, test } from 'vitest';
import { objectsOf } from '../../src/manifest/objects.ts';
import { readPodTemplatePath } from '../../src/manifest/pod-template-path.ts';
import { readManifest } from '../../src/manifest/read/manifest.ts';

function found(text: string, ...paths: string[]) {
  const read = paths.map((path) => {
    const one = readPodTemplatePath(path);
    if (!one.ok) throw new Error(one.problem);
    return one.value;
  });
  const [document] = readManifest(text, 'a.yaml').documents;
  return objectsOf(document!, read).map(({ kind, name, form, pods, missing }) => [
    `${kind}/${name}`,
    form,
    pods.map(({ pointer }) => pointer).join(' '),
    ...missing.map((one) => `missing ${one.text}`),
  ]);
}

const object = (apiVersion: string, kind: string, more = '') =>
  `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: x}${more}}`;
const template = '{metadata: {}, spec: {containers: []}}';

describe('kinds of Kubernetes', () => {
  test.each([
    ['v1', 'Pod', '', 'pod', ''],
    ['apps/v1', 'Deployment', `spec: {template: ${template}}`, 'workload', '/spec/template'],
    ['extensions/v1beta1', 'DaemonSet', `spec: {template: ${template}}`, 'workload', '/spec/template'],
    ['batch/v1', 'Job', `spec: {template: ${template}}`, 'workload', '/spec/template'],
    [
      'batch/v1',
      'CronJob',
      `spec: {jobTemplate: {spec: {template: ${template}}}}`,
      'workload',
      '/spec/jobTemplate/spec/template',
    ],
    ['v1', 'ReplicationController', `spec: {template: ${template}}`, 'workload', '/spec/template'],
    ['v1', 'PodTemplate', `template: ${template}`, 'workload', '/template'],
    ['apps/v1', 'Deployment', 'spec: {template: null}', 'workload', ''],
    ['v1', 'Service', 'spec: {}', 'service', ''],
    ['serving.knative.dev/v1', 'Service', `spec: {template: ${template}}`, 'known', '/spec/template'],
    ['batch.volcano.sh/v1alpha1', 'Job', `spec: {template: ${template}}`, 'other', ''],
    ['v1', 'ConfigMap', '', 'other', ''],
  ])('%s %s %s', (apiVersion, kind, more, form, pods) => {
    expect(found(object(apiVersion, kind, more === '' ? '' : `, ${more}`))).toEqual([[`${kind}/x`, form, pods]]);
  });
});

test('lists stand for their items, also inside one another', () => {
  const inner = `{apiVersion: v1, kind: PodList, items: [{metadata: {generateName: y-}}]}`;
  expect(found(`{apiVersion: v1, kind: List, items: [${object('v1', 'Service')}, ${inner}, 3]}`)).toEqual([
    ['Service/x', 'service', ''],
    ['Pod/y-', 'pod', '/items/1/items/0'],
  ]);
});

test('a ResourceList stands for its items, not for its functionConfig', () => {
  const config = object('v1', 'ConfigMap');
  expect(
    found(
      `{apiVersion: config.kubernetes.io/v1, kind: ResourceList, functionConfig: ${config}, items: [${object('v1', 'Pod')}]}`,
    ),
  ).toEqual([['Pod/x', 'pod', '/items/0']]);
});

test.each(['a: 1', '[1]', 'kind: ""', 'kind: 3'])('%s is no object', (text) => {
  expect(found(text)).toEqual([]);
});

describe('pod templates of custom resources', () => {
  const rollout = object('argoproj.io/v1alpha1', 'Rollout', `, spec: {template: ${template}}`);
  const job = object(
    'batch.volcano.sh/v1alpha1',
    'Job',
    `, spec: {tasks: [{template: ${template}}, {}, {template: ${template}}]}`,
  );

  test.each([
    [rollout, 'spec.template', 'custom', '/spec/template'],
    [rollout, 'Rollout=spec.template', 'custom', '/spec/template'],
    [rollout, 'Rollout.argoproj.io=.spec.template', 'custom', '/spec/template'],
    [rollout, 'Rollout.other.io=spec.template', 'known', '/spec/template'],
    [job, 'Job=spec.tasks[*].template', 'custom', '/spec/tasks/0/template /spec/tasks/2/template'],
    [job, 'spec.tasks[2].template', 'custom', '/spec/tasks/2/template'],
    [job, "$.spec['tasks'].*.template", 'custom', '/spec/tasks/0/template /spec/tasks/2/template'],
  ])('%s %s', (text, path, form, pods) => {
    expect(found(text, path).map(([, ...rest]) => rest)).toEqual([[form, pods]]);
  });

  test('a path for a kind that leads nowhere there is told', () => {
    expect(found(rollout, 'Rollout=spec.nothing', 'spec.none')).toEqual([
      ['Rollout/x', 'known', '/spec/template', 'missing Rollout=spec.nothing'],
    ]);
  });
});

test.each([
  ['', 'the path is empty'],
  ['Rollout=', 'the path is empty'],
  ['rollout=spec.template', 'before "=" stands a kind'],
  ['Rollout.=spec', 'before "=" stands a kind'],
  ['spec..template', 'cannot read "..template"'],
  ['spec.template.', 'cannot read "."'],
  ['spec[x]', 'cannot read "[x]"'],
])('%j is no path of a pod template', (text, why) => {
  const read = readPodTemplatePath(text);
  expect(read.ok ? '' : read.problem).toContain(why);
});
