import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quotaFacts } from '../../src/cluster/quota-facts.ts';
import { amountOf } from '../../src/inject/resources/quantity.ts';
import type { JsonObject } from '../../src/json/json.ts';

const cpu = amountOf('1')!;
const pods = amountOf('10')!;

test.each<readonly [string, JsonObject, Readonly<Record<string, bigint>>]>([
  [
    'the status counts',
    { spec: { hard: { cpu: '9' } }, status: { hard: { cpu: '2' }, used: { cpu: '1' } } },
    { 'requests.cpu': cpu },
  ],
  ['a manifest has no status', { spec: { hard: { 'requests.cpu': 1, pods: 10 } } }, { 'requests.cpu': cpu, pods }],
  ['nothing is used yet', { status: { hard: { 'limits.cpu': '1' } } }, { 'limits.cpu': cpu }],
  ['more is used than there is', { status: { hard: { cpu: '1' }, used: { cpu: '2' } } }, { 'requests.cpu': -cpu }],
  [
    'two names of one resource, the tighter one',
    { spec: { hard: { cpu: '2', 'requests.cpu': '1' } } },
    { 'requests.cpu': cpu },
  ],
  ['pods by either name', { spec: { hard: { 'count/pods': '10', pods: '20' } } }, { pods }],
  [
    'resources of others',
    { spec: { hard: { configmaps: '1', 'requests.storage': '1Gi', 'requests.nvidia.com/gpu': 1 } } },
    {},
  ],
  ['what is no quantity', { spec: { hard: { cpu: 'much', memory: null, pods: {} } } }, {}],
  ['null where Go writes null', { spec: null, status: { hard: null, used: null } }, {}],
  ['nothing', {}, {}],
])('%s', (_, quota, left) => {
  expect(quotaFacts({ metadata: { name: 'q' }, ...quota })).toEqual({ name: 'q', scopes: [], left });
});

test('scopes are conditions, beside those of the selector', () => {
  const spec = {
    scopes: ['NotBestEffort'],
    scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high', 7] }, null] },
  };
  expect(quotaFacts({ spec }).scopes).toEqual([
    { name: 'NotBestEffort', operator: 'Exists', values: [] },
    { name: 'PriorityClass', operator: 'In', values: ['high'] },
    { name: '', operator: '', values: [] },
  ]);
});

test('property: no JSON makes it throw', () => {
  fc.assert(
    fc.property(fc.record({ metadata: fc.jsonValue(), spec: fc.jsonValue(), status: fc.jsonValue() }), (quota) => {
      expect(quotaFacts(quota as JsonObject).left).toBeTypeOf('object');
    }),
  );
});
