import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../src/kube/kube.ts';
import { readWorkload } from '../../../src/renew/workload/read-workload.ts';
import { shareOf } from '../../../src/renew/workload/share-of.ts';

const object = (spec: object, status: object, metadata: object = {}): KubeObject => ({
  metadata: {
    name: 'web',
    namespace: 'shop',
    resourceVersion: '7',
    generation: 2,
    ...metadata,
  } as KubeObject['metadata'],
  spec,
  status: { observedGeneration: 2, ...status },
});
const whole = { replicas: 4, updatedReplicas: 4, availableReplicas: 4 };
const deadline = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };

describe('a Deployment', () => {
  const read = (spec: object, status: object) => readWorkload('deployment', object({ replicas: 4, ...spec }, status));

  test.each<[string, object, object]>([
    ['all pods are new and available', whole, { rollout: 'settled', unavailable: 0 }],
    ['the controller has not seen the template', { ...whole, observedGeneration: 1 }, { rollout: 'rolling' }],
    ['two pods are new', { ...whole, updatedReplicas: 2 }, { rollout: 'rolling', updated: 2 }],
    ['an old pod is left', { ...whole, replicas: 5 }, { rollout: 'rolling', unavailable: 0 }],
    ['a new pod is not available', { ...whole, availableReplicas: 3 }, { rollout: 'settled', unavailable: 1 }],
    ['the deadline is over', { ...whole, updatedReplicas: 1, conditions: [deadline] }, { rollout: 'stuck' }],
    ['the deadline of the template before', { conditions: [deadline], observedGeneration: 1 }, { rollout: 'rolling' }],
    ['no status at all', {}, { rollout: 'rolling', unavailable: 4, updated: 0 }],
  ])('%s', (_, status, expected) => {
    expect(read({}, status)).toMatchObject(expected);
  });

  test.each<[string, object | undefined, number, number]>([
    ['the default, 25 % down and 25 % more', undefined, 4, 1],
    ['the default of three pods: none goes before its successor is there', undefined, 3, 0],
    ['Recreate takes all', { type: 'Recreate' }, 4, 4],
    ['both round to none: 1 counts', { rollingUpdate: { maxSurge: 0, maxUnavailable: '10%' } }, 4, 1],
    ['a number', { rollingUpdate: { maxSurge: 1, maxUnavailable: 2 } }, 4, 2],
    ['never more than it has', { rollingUpdate: { maxUnavailable: 9 } }, 4, 4],
    ['null, where Go writes it', { type: 'RollingUpdate', rollingUpdate: null }, 8, 2],
    ['no pods', undefined, 0, 0],
  ])('takes down: %s', (_, strategy, replicas, takes) => {
    expect(read({ strategy, replicas }, whole).takes).toBe(takes);
  });

  test('replicas that nobody gave are one; a paused one says how it goes on', () => {
    expect(readWorkload('deployment', object({}, {})).replicas).toBe(1);
    expect(read({ paused: true }, whole).hindrance).toBe('it is paused: kubectl rollout resume deployment/web -n shop');
  });
});

describe('a StatefulSet', () => {
  const read = (updateStrategy: object, status: object) =>
    readWorkload('statefulset', object({ replicas: 3, updateStrategy }, status));
  const settled = { updatedReplicas: 3, availableReplicas: 3, currentRevision: 'a', updateRevision: 'a' };

  test.each<[string, object, object, object]>([
    ['all pods are new and available', {}, settled, { rollout: 'settled', unavailable: 0, takes: 1 }],
    ['two revisions', {}, { ...settled, updateRevision: 'b' }, { rollout: 'rolling' }],
    ['not seen yet', {}, { ...settled, observedGeneration: 1 }, { rollout: 'rolling' }],
    ['OnDelete never moves', { type: 'OnDelete' }, { ...settled, updateRevision: 'b' }, { rollout: 'settled' }],
    ['two at a time', { rollingUpdate: { maxUnavailable: '50%' } }, settled, { takes: 2 }],
    ['a percentage that rounds to none', { rollingUpdate: { maxUnavailable: '0%' } }, settled, { takes: 1 }],
  ])('%s', (_, strategy, status, expected) => {
    expect(read(strategy, status)).toMatchObject(expected);
  });

  test('what a restart would not reach is said', () => {
    expect(read({ type: 'OnDelete' }, settled).hindrance).toMatch(/^its updateStrategy is OnDelete: delete its pods/);
    expect(read({ rollingUpdate: { partition: 2 } }, settled).hindrance).toContain('the pods below 2 would stay');
    expect(read({ rollingUpdate: { partition: 0 } }, settled).hindrance).toBeUndefined();
  });
});

describe('a DaemonSet', () => {
  const read = (updateStrategy: object, status: object) =>
    readWorkload('daemonset', object({ updateStrategy }, status));
  const settled = { desiredNumberScheduled: 10, updatedNumberScheduled: 10, numberAvailable: 10 };

  test.each<[string, object, object, object]>([
    ['all pods are new and available', {}, settled, { rollout: 'settled', replicas: 10, unavailable: 0, takes: 1 }],
    ['nine are new', {}, { ...settled, updatedNumberScheduled: 9 }, { rollout: 'rolling' }],
    ['no node', {}, { desiredNumberScheduled: 0 }, { rollout: 'settled', replicas: 0, takes: 0 }],
    ['a share of the nodes, rounded up', { rollingUpdate: { maxUnavailable: '15%' } }, settled, { takes: 2 }],
    ['new pods first', { rollingUpdate: { maxSurge: '10%', maxUnavailable: 0 } }, settled, { takes: 0 }],
    ['OnDelete', { type: 'OnDelete' }, { ...settled, updatedNumberScheduled: 0 }, { rollout: 'settled' }],
  ])('%s', (_, strategy, status, expected) => {
    expect(read(strategy, status)).toMatchObject(expected);
  });
});

test('the template tells whether it asks, and who restarted it last', () => {
  const annotations = { 'metrics-sidecar.io/inject': 'statsd', 'kubectl.kubernetes.io/restartedAt': 'then' };
  const template = { metadata: { labels: { app: 'web' }, annotations } };
  const managedFields = [{ manager: 'kubectl' }, { manager: 'metrics-sidecar-renew' }];
  const read = readWorkload(
    'deployment',
    object({ template, selector: { matchLabels: { app: 'web' } } }, {}, { managedFields }),
  );
  expect(read).toMatchObject({ asks: 'statsd', restartedAt: 'then', isRenewal: true, labels: { app: 'web' } });
  expect(readWorkload('daemonset', object({}, {}))).toMatchObject({ asks: undefined, isRenewal: false, labels: {} });
});

test('nulls where Go writes them', () => {
  const bare: KubeObject = { metadata: { name: 'web' }, spec: null, status: null };
  for (const kind of ['deployment', 'statefulset', 'daemonset'] as const) {
    expect(readWorkload(kind, bare)).toMatchObject({ name: 'web', namespace: '' });
  }
});

test('a share is between nothing and all, and rounds as told', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(100), (pods, percent) => {
      const [down, up] = [shareOf(`${percent}%`, pods, 'down', 0), shareOf(`${percent}%`, pods, 'up', 0)];
      expect(up - down).toBe(Number.isInteger((pods * percent) / 100) ? 0 : 1);
      expect(up).toBeLessThanOrEqual(pods);
    }),
  );
  expect(shareOf('half', 8, 'down', 0)).toBe(8);
});
