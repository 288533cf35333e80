import { describe, expect, test } from 'vitest';
import { injectPod } from '../../../src/inject/inject.ts';
import { chooseUser } from '../../../src/inject/plan/user.ts';
import { readPod } from '../../../src/inject/pod/pod.ts';
import type { Json, JsonObject } from '../../../src/json/json.ts';
import { facts, settings } from '../cluster.ts';
import { containerOf, patched, pod } from '../pods.ts';

const ofContainers = (...contexts: Json[]): JsonObject => ({
  containers: contexts.map((securityContext, i) => ({ name: `c-${i}`, securityContext })),
});
const ofPod = (runAsUser: Json): JsonObject => ({ securityContext: { runAsUser } });
const range = 1_000_680_000;

function choice(spec: JsonObject, namespaceUser?: number, users?: 'unset') {
  const read = readPod(pod('statsd', { spec }));
  if ('problem' in read) throw new Error(read.problem);
  return chooseUser(read, namespaceUser, settings(users && { users }));
}

describe('the user of the containers that are added', () => {
  test.each<[string, JsonObject, number | undefined, unknown]>([
    ['that of the pod is inherited', ofPod(1000), range, {}],
    ['that of the pod wins over its containers', { ...ofPod(1000), ...ofContainers({ runAsUser: 7 }) }, range, {}],
    ['that of the one container', ofContainers({ runAsUser: 1000 }), range, { uid: 1000 }],
    ['that all containers share', ofContainers({ runAsUser: 9 }, { runAsUser: 9 }), undefined, { uid: 9 }],
    ['that all containers share which state one', ofContainers({ runAsUser: 9 }, null, {}), undefined, { uid: 9 }],
    [
      'with the group that they share',
      ofContainers({ runAsUser: 9, runAsGroup: 8 }, { runAsUser: 9, runAsGroup: 8 }),
      undefined,
      { uid: 9, gid: 8 },
    ],
    ['with the group of root', ofContainers({ runAsUser: 9, runAsGroup: 0 }), undefined, { uid: 9, gid: 0 }],
    [
      'without a group that they do not share',
      ofContainers({ runAsUser: 9, runAsGroup: 8 }, { runAsUser: 9 }),
      undefined,
      { uid: 9 },
    ],
    ['several users: that of the namespace', ofContainers({ runAsUser: 9 }, { runAsUser: 8 }), range, { uid: range }],
    [
      'several users, no range: those of the images',
      ofContainers({ runAsUser: 9 }, { runAsUser: 8 }),
      undefined,
      'image',
    ],
    ['none: that of the namespace', {}, range, { uid: range }],
    ['none, no range: those of the images', {}, undefined, 'image'],
    ['a pod of root: that of its containers', { ...ofPod(0), ...ofContainers({ runAsUser: 9 }) }, range, { uid: 9 }],
    ['a pod of root: that of the namespace', ofPod(0), range, { uid: range }],
    ['a pod of root: those of the images', ofPod(0), undefined, 'image'],
    ['a container of root states none', ofContainers({ runAsUser: 0 }, { runAsUser: 9 }), undefined, { uid: 9 }],
    ['containers of root alone state none', ofContainers({ runAsUser: 0 }), undefined, 'image'],
    [
      'init containers are not asked',
      { initContainers: [{ name: 'i', securityContext: { runAsUser: 9 } }] },
      undefined,
      'image',
    ],
    ['null where Go writes it', { ...ofPod(null), ...ofContainers({ runAsUser: null }) }, undefined, 'image'],
    ['wrong types', { securityContext: 'x', ...ofContainers({ runAsUser: '9' }, []) }, undefined, 'image'],
    ['what is no uid', ofContainers({ runAsUser: -5 }, { runAsUser: 1.5 }, { runAsUser: 2 ** 31 }), undefined, 'image'],
  ])('%s', (_, spec, namespaceUser, expected) => {
    expect(choice(spec, namespaceUser)).toEqual(expected);
  });

  test("another injector's container does not speak for the application", () => {
    const proxy = { name: 'istio-proxy', securityContext: { runAsUser: 1337, runAsGroup: 1337 } };
    expect(choice({ containers: [{ name: 'app' }, proxy] })).toBe('image');
    expect(choice({ containers: [{ name: 'app', securityContext: { runAsUser: 9 } }, proxy] })).toEqual({ uid: 9 });
  });

  test.each<[string, JsonObject, unknown]>([
    ['states none', {}, {}],
    ['not that of the containers', ofContainers({ runAsUser: 9 }), {}],
    ['inherits that of the pod', ofPod(9), {}],
    ['but not root', ofPod(0), { uid: range }],
  ])('left unset: %s', (_, spec, expected) => {
    expect(choice(spec, range, 'unset')).toEqual(expected);
  });
});

describe('every container of ours', () => {
  const annotations = {
    'statsd.metrics-sidecar.io/mapping-image-file': '/app/mapping.yml',
    'haproxy.metrics-sidecar.io/app-port': '8080',
  };
  const names = [
    'metrics-sidecar',
    'metrics-sidecar-haproxy',
    'metrics-sidecar-haproxy-config',
    'metrics-sidecar-mapping-copy',
  ];
  const users = (container: JsonObject, said: Parameters<typeof facts>[0] = {}, users?: 'unset') => {
    const json = pod('statsd,haproxy', { annotations, container });
    const after = patched(json, injectPod({ pod: json, facts: facts(said), settings: settings(users && { users }) }));
    return names.map((name) => {
      const { runAsUser, runAsGroup, runAsNonRoot } = containerOf(after, name)!.securityContext;
      expect(runAsNonRoot).toBe(true);
      return runAsGroup === undefined ? runAsUser : [runAsUser, runAsGroup];
    });
  };

  test('has the user that the application shares, HAProxy and what runs once too', () => {
    expect(users({ securityContext: { runAsUser: range } })).toEqual([range, range, range, range]);
  });

  test('has its group', () => {
    const both = [1000, 2000];
    expect(users({ securityContext: { runAsUser: 1000, runAsGroup: 2000 } })).toEqual([both, both, both, both]);
  });

  test("has the namespace's", () => {
    expect(users({}, { user: range })).toEqual([range, range, range, range]);
  });

  test('has that of its image', () => {
    expect(users({})).toEqual([65532, 99, 65532, 65532]);
  });

  test('has none where they are left unset, but for the copy, which reads as the application', () => {
    expect(users({}, { user: range }, 'unset')).toEqual([undefined, undefined, undefined, undefined]);
    expect(users({ securityContext: { runAsUser: 5 } }, {}, 'unset')).toEqual([undefined, undefined, undefined, 5]);
  });
});
