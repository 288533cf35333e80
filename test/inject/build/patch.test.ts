import { describe, expect, test } from 'vitest';
import { type Changes, noChanges } from '../../../src/inject/build/additions.ts';
import { mapOperations, patchOf } from '../../../src/inject/build/patch.ts';
import { type Pod, readPod } from '../../../src/inject/pod/pod.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { pointer } from '../../../src/json/operation.ts';
import { patched } from '../pods.ts';

test.each([
  [['a', 0, 'b'], '/a/0/b'],
  [['prometheus.io/port'], '/prometheus.io~1port'],
  [['~1'], '/~01'],
  [['a~/b'], '/a~0~1b'],
  [[''], '/'],
])('pointer %j', (parts, expected) => {
  expect(pointer(...parts)).toBe(expected);
});

const changes: Changes = {
  ...noChanges,
  annotations: new Map([['a/b~c', '1']]),
  labels: new Map([['l', '2']]),
  volumes: [{ name: 'v1' }, { name: 'v2' }],
  initContainers: [{ name: 'i1' }, { name: 'i2' }],
  containers: [{ name: 'c1' }, { name: 'c2' }],
};

/** The same by plain construction. */
function expected(json: JsonObject, added: Changes): JsonObject {
  const metadata = (json.metadata ?? {}) as JsonObject;
  const spec = json.spec as JsonObject;
  const list = (field: string) => (spec[field] ?? []) as readonly JsonObject[];
  return {
    ...json,
    metadata: {
      ...metadata,
      annotations: { ...(metadata.annotations as JsonObject | undefined), ...Object.fromEntries(added.annotations) },
      labels: { ...(metadata.labels as JsonObject | undefined), ...Object.fromEntries(added.labels) },
    },
    spec: {
      ...spec,
      volumes: [...list('volumes'), ...added.volumes],
      initContainers: [...added.initContainers, ...list('initContainers')],
      containers: [...list('containers'), ...added.containers],
    },
  };
}

const base = { containers: [{ name: 'x' }] };

describe('parents that are absent, null, empty or full', () => {
  test.each([
    ['absent', { metadata: {}, spec: base }],
    ['no metadata', { spec: base }],
    ['null metadata', { metadata: null, spec: base }],
    ['null', { metadata: { annotations: null, labels: null }, spec: { ...base, volumes: null, initContainers: null } }],
    ['empty', { metadata: { annotations: {}, labels: {} }, spec: { ...base, volumes: [], initContainers: [] } }],
    [
      'full',
      {
        metadata: { annotations: { z: '9', 'a/b~c': '0' }, labels: { y: '8' } },
        spec: { ...base, volumes: [{ name: 'o' }], initContainers: [{ name: 'p' }, { name: 'q' }] },
      },
    ],
  ] as [string, JsonObject][])('%s', (_, json) => {
    const patch = patchOf(readPod(json) as Pod, changes);
    expect(patched(json, { patch })).toEqual(expected(json, changes));
    expect(patch.every(({ op, path }) => op === 'add' || path === '/metadata/annotations/a~1b~0c')).toBe(true);
  });
});

test('environment and mounts of a container with and without lists', () => {
  const json: JsonObject = {
    metadata: {},
    spec: { containers: [{ name: 'a' }, { name: 'b', env: [{ name: 'X' }], volumeMounts: null }] },
  };
  const read = readPod(json) as Pod;
  const added: Changes = {
    ...noChanges,
    additions: read.containers.map((container) => ({
      container,
      env: [{ name: 'N' }, { name: 'M' }],
      mounts: [{ name: 'v' }],
    })),
  };
  const after = patched(json, { patch: patchOf(read, added) }) as unknown as { spec: { containers: JsonObject[] } };
  expect(after.spec.containers).toEqual([
    { name: 'a', env: [{ name: 'N' }, { name: 'M' }], volumeMounts: [{ name: 'v' }] },
    { name: 'b', env: [{ name: 'X' }, { name: 'N' }, { name: 'M' }], volumeMounts: [{ name: 'v' }] },
  ]);
});

test('no change, no operation', () => {
  expect(patchOf(readPod({ spec: base }) as Pod, noChanges)).toEqual([]);
  expect(mapOperations({ labels: { a: '1' } }, 'labels', new Map([['a', '1']]))).toEqual([]);
});

test('a key of the prototype is a key like others', () => {
  expect(mapOperations({ annotations: {} }, 'annotations', new Map([['constructor', '1']]))).toEqual([
    { op: 'add', path: '/metadata/annotations/constructor', value: '1' },
  ]);
});
