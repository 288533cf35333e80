import { describe, expect, test } from 'vitest';
import { type Pod, readPod } from '../../../src/inject/pod/pod.ts';
import { readRequest } from '../../../src/inject/request/request.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { planMapping } from '../../../src/kinds/injection/mapping.ts';
import { statsdAnnotations } from '../../../src/kinds/statsd.ts';
import { annotationsOf, pod } from '../../inject/pods.ts';

const requestOf = (json: JsonObject) => readRequest(new Map(Object.entries(annotationsOf(json))), {}, new Map());

function plan(settings: Readonly<Record<string, string>>, spec: JsonObject = {}) {
  const keys = Object.entries(settings).map(([key, value]) => [`statsd.metrics-sidecar.io/${key}`, value]);
  const json = pod('statsd', { annotations: Object.fromEntries(keys), spec });
  return planMapping(readPod(json) as Pod, requestOf(json), statsdAnnotations);
}

const place = '/etc/metrics-sidecar/mapping';

test('nothing', () => {
  expect(plan({})).toMatchObject({ source: 'none', reasons: [] });
});

test('the annotation itself, by the downward API', () => {
  expect(plan({ mapping: 'mappings: []' })).toMatchObject({
    source: 'annotation',
    config: `${place}/mapping.yml`,
    share: {
      volume: {
        downwardAPI: {
          items: [
            {
              path: 'mapping.yml',
              fieldRef: { fieldPath: "metadata.annotations['statsd.metrics-sidecar.io/mapping']" },
            },
          ],
        },
      },
    },
  });
});

test.each([
  ['orders', 'orders', 'mapping.yml'],
  ['orders/statsd.yaml', 'orders', 'statsd.yaml'],
])('the ConfigMap %s', (text, name, key) => {
  expect(plan({ 'mapping-config-map': text })).toMatchObject({
    config: `${place}/mapping.yml`,
    share: { volume: { configMap: { name, items: [{ key, path: 'mapping.yml' }], optional: true } } },
    reasons: [{ code: 'mapping_optional' }],
  });
});

describe('a shared directory', () => {
  const shared = (mounts: readonly JsonObject[][], volume: JsonObject = { emptyDir: {} }, path = '/etc/statsd') =>
    plan(
      { 'mapping-share': path },
      {
        containers: mounts.map((volumeMounts, i) => ({ name: `c${i}`, volumeMounts })),
        volumes: [{ name: 'own', ...volume }],
      },
    );
  const own = { name: 'own', mountPath: '/etc/statsd' };

  test('is mounted in every container of the application', () => {
    const { config, share } = shared([[], []]);
    const { volume, appMounts } = share;
    const sized = { name: 'metrics-sidecar-mapping', emptyDir: { sizeLimit: '256Mi' } };
    expect({ config, volume }).toEqual({ config: place, volume: sized });
    expect([...appMounts].map(([container, mount]) => [container, mount.mountPath])).toEqual([
      ['c0', '/etc/statsd'],
      ['c1', '/etc/statsd'],
    ]);
  });

  test('that is an emptyDir already is used as it is', () => {
    const result = shared([[own], []], { emptyDir: { medium: 'Memory' } }, '//etc/statsd/');
    expect(result).toMatchObject({
      reasons: [{ code: 'mapping_share_reused' }],
    });
    const { volume, ownMounts, appMounts } = result.share;
    expect(volume).toBeUndefined();
    expect([...ownMounts]).toEqual([['metrics-sidecar', { name: 'own', mountPath: place, readOnly: true }]]);
    expect([...appMounts.keys()]).toEqual(['c1']);
  });

  test.each([
    ['another kind of volume', [[own]], { hostPath: { path: '/x' } }],
    ['a part of a volume', [[{ ...own, subPath: 'a' }]], { emptyDir: {} }],
    ['read only', [[{ ...own, readOnly: true }]], { emptyDir: {} }],
    ['two volumes', [[own], [{ ...own, name: 'other' }]], { emptyDir: {} }],
    ['a volume that does not exist', [[{ ...own, name: 'gone' }]], { emptyDir: {} }],
  ])('is refused over %s', (_, mounts, volume) => {
    expect(shared(mounts, volume)).toMatchObject({ source: 'none', reasons: [{ code: 'mount_taken' }] });
  });

  test.each(['/', '//', '/proc', '/dev/', '/etc', '/usr'])('is refused at %s', (path) => {
    expect(shared([[]], { emptyDir: {} }, path).reasons).toMatchObject([{ code: 'mount_taken' }]);
  });
});

test('a file of the image: of the container that kubectl takes for the application', () => {
  const json = pod('statsd', {
    annotations: {
      'statsd.metrics-sidecar.io/mapping-image-file': '/m.yml',
      'kubectl.kubernetes.io/default-container': 'b',
    },
    spec: {
      containers: [
        { name: 'a', image: 'x' },
        { name: 'b', image: 'y' },
      ],
    },
  });
  const { share } = planMapping(readPod(json) as Pod, requestOf(json), statsdAnnotations);
  expect(share.inits).toMatchObject([{ image: { image: 'y' }, command: ['cp', '/m.yml', `${place}/mapping.yml`] }]);
});

test('more than one is an error that names them', () => {
  const result = plan({ mapping: 'a: b', 'mapping-share': '/x', 'mapping-image-file': '/y' });
  expect(result).toMatchObject({
    source: 'none',
    reasons: [{ code: 'mapping_sources', detail: 'mapping-share, mapping-image-file' }],
  });
});
