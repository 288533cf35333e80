import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/json/json.ts';
import { completedTemplate, findTemplates, groupOf } from '../../src/pod-templates/find-templates.ts';

const template: JsonObject = { metadata: {}, spec: { containers: [{ name: 'app', image: 'a' }] } };

function found(group: string, kind: string, spec: Json): readonly string[] {
  return findTemplates({ spec }, group, kind).paths.map((path) => path.join('.'));
}

describe('known kinds', () => {
  test.each<[string, string, Json, readonly string[]]>([
    ['argoproj.io', 'Rollout', { template }, ['spec.template']],
    ['argoproj.io', 'Rollout', { workloadRef: { kind: 'Deployment', name: 'a' } }, []],
    ['argoproj.io', 'Rollout', { template: null }, []],
    ['argoproj.io', 'Rollout', { template: { spec: null } }, []],
    ['argoproj.io', 'Rollout', { template: [template] }, []],
    ['argoproj.io', 'Rollout', null, []],
    ['serving.knative.dev', 'Service', { template }, ['spec.template']],
    ['apps.kruise.io', 'StatefulSet', { template }, ['spec.template']],
    [
      'apps.kruise.io',
      'AdvancedCronJob',
      { template: { jobTemplate: { spec: { template } } } },
      ['spec.template.jobTemplate.spec.template'],
    ],
    [
      'kubeflow.org',
      'PyTorchJob',
      { pytorchReplicaSpecs: { Master: { template }, Worker: { template } } },
      ['spec.pytorchReplicaSpecs.Master.template', 'spec.pytorchReplicaSpecs.Worker.template'],
    ],
    [
      'batch.volcano.sh',
      'Job',
      { tasks: [{ template }, {}, null, { template }] },
      ['spec.tasks.0.template', 'spec.tasks.3.template'],
    ],
    [
      'jobset.x-k8s.io',
      'JobSet',
      { replicatedJobs: [{ template: { spec: { template } } }] },
      ['spec.replicatedJobs.0.template.spec.template'],
    ],
    [
      'ray.io',
      'RayCluster',
      { headGroupSpec: { template }, workerGroupSpecs: [{ template }] },
      ['spec.headGroupSpec.template', 'spec.workerGroupSpecs.0.template'],
    ],
  ])('%s/%s %j', (group, kind, spec, paths) => {
    expect(found(group, kind, spec)).toEqual(paths);
    expect(findTemplates({ spec }, group, kind).isKnown).toBe(true);
  });
});

describe('any other custom resource is searched', () => {
  test.each<[string, Json, readonly string[]]>([
    ['a template anywhere', { a: [{ pods: template }] }, ['spec.a.0.pods']],
    [
      'nothing inside a template',
      { a: { ...template, spec: { ...(template.spec as object), b: template } } },
      ['spec.a'],
    ],
    ['no containers', { a: { metadata: {}, spec: { containers: [] } } }, []],
    ['containers that are no objects', { a: { metadata: {}, spec: { containers: ['x'] } } }, []],
    ['no metadata', { a: { spec: template.spec! } }, []],
    ['metadata that is null', { a: { metadata: null, spec: template.spec! } }, []],
    ['too deep', { a: { b: { c: { d: { e: { f: { g: { h: { i: { j: template } } } } } } } } } }, []],
  ])('%s', (_, spec, paths) => expect(found('example.test', 'Fleet', spec)).toEqual(paths));

  test('the object itself is no template: a Knative Revision is made by a controller', () => {
    expect(findTemplates(template, 'serving.knative.dev', 'Revision').paths).toEqual([]);
  });

  test('kinds of Kubernetes and objects that describe others are not searched', () => {
    for (const [group, kind] of [
      ['', 'ConfigMap'],
      ['apps', 'Deployment'],
      ['helm.toolkit.fluxcd.io', 'HelmRelease'],
      ['kustomize.config.k8s.io', 'Kustomization'],
      ['argoproj.io', 'Application'],
      ['apiextensions.k8s.io', 'CustomResourceDefinition'],
      ['kyverno.io', 'ClusterPolicy'],
    ]) {
      expect(found(group!, kind!, { template })).toEqual([]);
    }
  });

  test.each([15, 16, 17, 20_000])('of %i templates sixteen are judged', (count) => {
    expect(found('example.test', 'Fleet', { a: Array.from({ length: count }, () => template) })).toHaveLength(
      Math.min(16, count),
    );
    const tasks = Array.from({ length: count }, () => ({ template }));
    expect(found('batch.volcano.sh', 'Job', { tasks })).toHaveLength(Math.min(16, count));
  });
});

test('Knative names containers without a name', () => {
  const names = (containers: Json) => {
    const { spec } = completedTemplate({ spec: { containers } }, 'serving.knative.dev');
    return spec;
  };
  expect(names([{ image: 'a' }])).toEqual({ containers: [{ image: 'a', name: 'user-container' }] });
  expect(names([{ image: 'a' }, { name: 'b' }, { name: '' }])).toEqual({
    containers: [{ image: 'a', name: 'user-container-0' }, { name: 'b' }, { name: 'user-container-2' }],
  });
  expect(names(null)).toEqual({ containers: null });
  expect(completedTemplate({ spec: { containers: [{}] } }, 'argoproj.io').spec).toEqual({ containers: [{}] });
});

test.each([
  ['apps/v1', 'apps'],
  ['v1', ''],
  ['', ''],
  ['serving.knative.dev/v1', 'serving.knative.dev'],
])('the group of %s is %j', (apiVersion, group) => expect(groupOf(apiVersion)).toBe(group));
