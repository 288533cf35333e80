import { expect, test } from 'vitest';
import { topLevelOwner } from '../../src/ownership/top-level-owner.ts';

const labels = { 'pod-template-hash': '59bffb6546' };
const replicaSet = { kind: 'ReplicaSet', name: 'orders-59bffb6546', controller: true };

test('the Deployment of a ReplicaSet whose name ends in the hash of the pod', () => {
  expect(topLevelOwner({ labels, ownerReferences: [replicaSet] })).toEqual({ kind: 'Deployment', name: 'orders' });
});

test('a ReplicaSet that no Deployment made', () => {
  const owner = { kind: 'ReplicaSet', name: 'orders' };
  expect(topLevelOwner({ labels, ownerReferences: [{ ...owner, controller: true }] })).toEqual(owner);
  expect(topLevelOwner({ ownerReferences: [replicaSet] })).toEqual({ kind: 'ReplicaSet', name: 'orders-59bffb6546' });
});

test('an owner that does not control the pod is not its maker', () => {
  const other = { kind: 'Workflow', name: 'w', controller: false };
  expect(topLevelOwner({ ownerReferences: [other] })).toBeUndefined();
  expect(topLevelOwner({})).toBeUndefined();
  const job = { kind: 'Job', name: 'j', controller: true };
  expect(topLevelOwner({ ownerReferences: [other, job] })).toEqual({ kind: 'Job', name: 'j' });
});
