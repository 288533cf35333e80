import { expect, test } from 'vitest';
import { quotaFacts } from '../../../src/cluster/quota-facts.ts';
import { type Pod, readPod } from '../../../src/inject/pod/pod.ts';
import { countingQuotas } from '../../../src/inject/resources/quota-scope.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { pod } from '../pods.ts';

const priority = (operator: string, ...values: readonly string[]) => ({
  scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator, values }] },
});
const affinity = (kind: string, term: JsonObject, preferred = false) => ({
  affinity: {
    [kind]: preferred
      ? { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] }
      : { requiredDuringSchedulingIgnoredDuringExecution: [term] },
  },
});

/** Whether a quota counts a pod with a sidecar, and whether it did before. */
function counted(scope: JsonObject, spec: JsonObject, requests: JsonObject = { cpu: '1' }): string {
  const json = pod('statsd', { spec, container: { resources: { requests } } });
  const [one] = countingQuotas(readPod(json) as Pod, [quotaFacts({ spec: { hard: { pods: '1' }, ...scope } })]);
  return one === undefined ? 'no' : one.isNew ? 'new' : 'yes';
}

test.each<readonly [string, JsonObject, JsonObject, string]>([
  ['no scope', {}, {}, 'yes'],
  ['Terminating', { scopes: ['Terminating'] }, { activeDeadlineSeconds: 0 }, 'yes'],
  ['Terminating', { scopes: ['Terminating'] }, { activeDeadlineSeconds: null }, 'no'],
  ['NotTerminating', { scopes: ['NotTerminating'] }, { activeDeadlineSeconds: 9 }, 'no'],
  ['NotTerminating', { scopes: ['NotTerminating'] }, {}, 'yes'],
  ['all have to hold', { scopes: ['NotTerminating', 'BestEffort'] }, {}, 'no'],
  ['In', priority('In', 'a', 'b'), { priorityClassName: 'b' }, 'yes'],
  ['In', priority('In', 'a', 'b'), { priorityClassName: 'c' }, 'no'],
  ['In', priority('In', 'a', ''), {}, 'no'],
  ['NotIn', priority('NotIn', 'a'), {}, 'yes'],
  ['NotIn', priority('NotIn', 'a'), { priorityClassName: 'a' }, 'no'],
  ['Exists', priority('Exists'), { priorityClassName: 'a' }, 'yes'],
  ['Exists', priority('Exists'), { priorityClassName: '' }, 'no'],
  ['DoesNotExist', priority('DoesNotExist'), {}, 'yes'],
  ['DoesNotExist', priority('DoesNotExist'), { priorityClassName: 'a' }, 'no'],
  ['the scope PriorityClass', { scopes: ['PriorityClass'] }, { priorityClassName: 'a' }, 'yes'],
  ['an operator of tomorrow', priority('Like', 'a'), { priorityClassName: 'a' }, 'no'],
  ['a scope of tomorrow', { scopes: ['Tomorrow'] }, {}, 'no'],
  ['a scope that is none', { scopes: [7] }, {}, 'no'],
  ['namespaces', { scopes: ['CrossNamespacePodAffinity'] }, affinity('podAffinity', { namespaces: ['x'] }), 'yes'],
  [
    'a selector of namespaces, empty and preferred',
    { scopes: ['CrossNamespacePodAffinity'] },
    affinity('podAntiAffinity', { namespaceSelector: {} }, true),
    'yes',
  ],
  [
    'no namespaces',
    { scopes: ['CrossNamespacePodAffinity'] },
    affinity('podAffinity', { namespaces: [], namespaceSelector: null }),
    'no',
  ],
])('%s: %j of a pod with %j', (_, scope, spec, expected) => {
  expect(counted(scope, spec)).toBe(expected);
});

test.each<readonly [string, JsonObject, JsonObject, string]>([
  ['BestEffort', {}, {}, 'no'],
  ['NotBestEffort', {}, {}, 'new'],
  ['NotBestEffort', { cpu: '1m' }, {}, 'yes'],
  ['NotBestEffort', { cpu: '0', memory: '0' }, {}, 'new'],
  ['NotBestEffort', { 'nvidia.com/gpu': '1' }, {}, 'new'],
  ['NotBestEffort', {}, { initContainers: [{ name: 'i', resources: { limits: { memory: '1Mi' } } }] }, 'yes'],
  ['BestEffort', {}, { resources: {} }, 'yes'],
  ['NotBestEffort', {}, { resources: { limits: { cpu: '1' } } }, 'yes'],
])('a quota for %s, requests %j, spec %j', (scope, requests, spec, expected) => {
  expect(counted({ scopes: [scope] }, spec, requests)).toBe(expected);
});
