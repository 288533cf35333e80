import { webhookMissed } from '../../../src/check/webhook-checks/webhook-missed.ts';
import { addPod } from '../arrange.ts';
import { testCases } from '../case.ts';
import { injected, path, podsEntry, running, webPod } from '../cluster.ts';

const alone = { ownerReferences: [], labels: {} };
const late = { creationTimestamp: '2026-04-02T00:00:00Z' };
const early = { creationTimestamp: '2026-02-01T00:00:00Z' };
const owners = [
  ['StatefulSet', 'db'],
  ['DaemonSet', 'agent'],
  ['Job', 'import'],
  ['Job', 'nightly-29012345'],
  ['ReplicaSet', 'bare'],
  ['Rollout', 'canary'],
] as const;

testCases('webhook-missed.txt', [
  {
    when: 'created while it was down',
    check: webhookMissed,
    arrange: addPod('a', { metadata: late }),
    result: 'warning',
  },
  {
    when: 'created before it was installed: two of one Deployment, and one alone',
    check: webhookMissed,
    arrange: (cluster) => {
      addPod('a', { metadata: early })(cluster);
      addPod('b', { metadata: early })(cluster);
      addPod('c', { metadata: { ...early, ...alone } })(cluster);
    },
    result: 'warning',
  },
  {
    when: 'a wrong value',
    check: webhookMissed,
    arrange: addPod('a', { metadata: early, annotations: { 'metrics-sidecar.io/inject': 'statd' } }),
    result: 'warning',
  },
  {
    when: "in the node's network",
    check: webhookMissed,
    arrange: addPod('a', { metadata: early, spec: { hostNetwork: true } }),
    result: 'warning',
  },
  {
    when: 'the webhook refused it and said why',
    check: webhookMissed,
    arrange: ({ api }) => {
      const pod = injected(webPod('a', { annotations: { 'statsd.metrics-sidecar.io/udp-port': 'eighty' } }));
      api.put(path.pod('a'), running(pod));
    },
    result: 'warning',
  },
  {
    when: 'its namespace is excluded',
    check: webhookMissed,
    arrange: addPod('a', { metadata: { ...late, namespace: 'kube-system' } }),
    result: 'warning',
  },
  {
    when: 'its labels are excluded',
    check: webhookMissed,
    arrange: (cluster) => {
      addPod('a', { metadata: late })(cluster);
      cluster.set(path.mutating, 'webhooks/0/objectSelector', { matchLabels: { sidecar: 'yes' } });
    },
    result: 'warning',
  },
  {
    when: 'asked for by its namespace, for which there is no entry',
    check: webhookMissed,
    arrange: (cluster) => {
      cluster.set('/api/v1/namespaces/shop', 'metadata/labels', { 'metrics-sidecar.io/inject': 'statsd' });
      addPod('a', { metadata: { ...late, annotations: {} } })(cluster);
    },
    result: 'warning',
  },
  {
    when: 'asked for by its namespace, of owners of every kind',
    check: webhookMissed,
    arrange: (cluster) => {
      cluster.set('/api/v1/namespaces/shop', 'metadata/labels', { 'metrics-sidecar.io/inject': 'statsd' });
      cluster.set(path.mutating, 'webhooks/1', { ...podsEntry, name: 'namespaces.metrics-sidecar.io' });
      for (const [i, [kind, name]] of owners.entries()) {
        const ownerReferences = [{ apiVersion: 'x/v1', kind, name, uid: 'u', controller: true }];
        addPod(`a-${i}`, { metadata: { ...late, annotations: {}, labels: {}, ownerReferences } })(cluster);
      }
    },
    result: 'warning',
  },
  {
    when: 'opted out, being deleted, mirrored, our own, ended, copied from an injected pod without its label',
    check: webhookMissed,
    arrange: (cluster) => {
      addPod('a', { annotations: { 'metrics-sidecar.io/inject': 'false' } })(cluster);
      addPod('b', { metadata: { deletionTimestamp: '2026-05-31T00:00:00Z' } })(cluster);
      addPod('c', { annotations: { 'kubernetes.io/config.mirror': 'x' } })(cluster);
      addPod('d', { metadata: { labels: { 'app.kubernetes.io/name': 'metrics-sidecar' } } })(cluster);
      cluster.api.put(path.pod('e'), { ...webPod('e'), status: { phase: 'Succeeded' } });
      addPod('f', { annotations: { 'metrics-sidecar.io/status': '{"injected":true}' } })(cluster);
    },
    result: 'ok',
  },
  {
    when: 'you may not list pods',
    check: webhookMissed,
    arrange: ({ answers }) => void answers.set('/api/v1/pods', { status: 403, message: 'pods is forbidden' }),
    result: 'skipped',
  },
]);
