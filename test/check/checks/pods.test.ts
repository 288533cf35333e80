import { selectorsEmpty } from '../../../src/check/checks/selectors-empty.ts';
import { sidecarsOutdated } from '../../../src/check/checks/sidecars-outdated.ts';
import { workloadsWrongLevel } from '../../../src/check/checks/workloads-wrong-level.ts';
import { webhookMissed } from '../../../src/check/webhook-checks/webhook-missed.ts';
import { type Case, testCases } from '../case.ts';
import { injected, path, podsEntry, running, type TestCluster, webPod } from '../cluster.ts';

type PodOptions = Parameters<typeof webPod>[1];
const add =
  (name: string, more?: PodOptions) =>
  ({ api }: TestCluster) => {
    const pod = webPod(name, more);
    const { namespace } = pod.metadata as { namespace: string };
    api.put(path.pod(name, namespace), running(pod));
  };
const late = { creationTimestamp: '2026-04-02T00:00:00Z' };
const early = { creationTimestamp: '2026-02-01T00:00:00Z' };
const alone = { ownerReferences: [], labels: {} };

const missed: Case[] = [
  { when: 'created while it was down', check: webhookMissed, arrange: add('a', { metadata: late }), result: 'warning' },
  {
    when: 'created before it was installed: two of one Deployment, and one alone',
    check: webhookMissed,
    arrange: (cluster) => {
      add('a', { metadata: early })(cluster);
      add('b', { metadata: early })(cluster);
      add('c', { metadata: { ...early, ...alone } })(cluster);
    },
    result: 'warning',
  },
  {
    when: 'a wrong value',
    check: webhookMissed,
    arrange: add('a', { metadata: early, annotations: { 'metrics-sidecar.io/inject': 'statd' } }),
    result: 'warning',
  },
  {
    when: "in the node's network",
    check: webhookMissed,
    arrange: add('a', { metadata: early, spec: { hostNetwork: true } }),
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
    arrange: add('a', { metadata: { ...late, namespace: 'kube-system' } }),
    result: 'warning',
  },
  {
    when: 'its labels are excluded',
    check: webhookMissed,
    arrange: (cluster) => {
      add('a', { metadata: late })(cluster);
      cluster.set(path.mutating, 'webhooks/0/objectSelector', { matchLabels: { sidecar: 'yes' } });
    },
    result: 'warning',
  },
  {
    when: 'asked for by its namespace, for which there is no entry',
    check: webhookMissed,
    arrange: (cluster) => {
      cluster.set('/api/v1/namespaces/shop', 'metadata/labels', { 'metrics-sidecar.io/inject': 'statsd' });
      add('a', { metadata: { ...late, annotations: {} } })(cluster);
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
        add(`a-${i}`, { metadata: { ...late, annotations: {}, labels: {}, ownerReferences } })(cluster);
      }
    },
    result: 'warning',
  },
  {
    when: 'opted out, being deleted, mirrored, our own, ended, copied from an injected pod without its label',
    check: webhookMissed,
    arrange: (cluster) => {
      add('a', { annotations: { 'metrics-sidecar.io/inject': 'false' } })(cluster);
      add('b', { metadata: { deletionTimestamp: '2026-05-31T00:00:00Z' } })(cluster);
      add('c', { annotations: { 'kubernetes.io/config.mirror': 'x' } })(cluster);
      add('d', { metadata: { labels: { 'app.kubernetes.io/name': 'metrics-sidecar' } } })(cluster);
      cluster.api.put(path.pod('e'), { ...webPod('e'), status: { phase: 'Succeeded' } });
      add('f', { annotations: { 'metrics-sidecar.io/status': '{"injected":true}' } })(cluster);
    },
    result: 'ok',
  },
  {
    when: 'you may not list pods',
    check: webhookMissed,
    arrange: ({ answers }) => void answers.set('/api/v1/pods', { status: 403, message: 'pods is forbidden' }),
    result: 'skipped',
  },
];

const owners = [
  ['StatefulSet', 'db'],
  ['DaemonSet', 'agent'],
  ['Job', 'import'],
  ['Job', 'nightly-29012345'],
  ['ReplicaSet', 'bare'],
  ['Rollout', 'canary'],
] as const;

const outdated: Case[] = [
  {
    when: 'another version',
    check: sidecarsOutdated,
    arrange: ({ api }) => void api.put(path.pod('old'), running(injected(webPod('old'), '1.1.0'))),
    result: 'warning',
  },
  {
    when: 'another version, with an image of its own',
    check: sidecarsOutdated,
    arrange: ({ api }) => {
      const pod = webPod('old', { annotations: { 'metrics-sidecar.io/image': 'example.test/fork:1' } });
      api.put(path.pod('old'), running(injected(pod, '1.1.0')));
    },
    result: 'warning',
  },
  {
    when: 'opted out after its injection, other kinds, nothing asks any longer',
    check: sidecarsOutdated,
    arrange: (cluster) => {
      for (const [name, value] of [
        ['a', 'false'],
        ['b', 'statsd,ingest'],
        ['c', undefined],
      ] as const) {
        cluster.api.put(path.pod(name), running(injected(webPod(name))));
        cluster.set(path.pod(name), 'metadata/annotations/metrics-sidecar.io~inject', value);
      }
    },
    result: 'warning',
  },
  {
    when: 'a label that came with a copied template',
    check: sidecarsOutdated,
    arrange: ({ api }) =>
      void api.put(
        path.pod('copy'),
        running(webPod('copy', { metadata: { labels: { 'metrics-sidecar.io/injected': 'true' } } })),
      ),
    result: 'ok',
  },
  {
    when: 'the dry run is not allowed, so the version of the webhook counts',
    check: sidecarsOutdated,
    arrange: (cluster) => {
      cluster.admit = () => ({ status: 403, message: 'User "dev" cannot create resource "pods"' });
      cluster.api.put(path.pod('old'), running(injected(webPod('old'), '1.1.0')));
    },
    result: 'warning',
  },
];

const wrongLevel: Case[] = [
  {
    when: 'on a Deployment, misspelt on a CronJob, as a label of a DaemonSet',
    check: workloadsWrongLevel,
    arrange: ({ api }) => {
      const asks = { annotations: { 'metrics-sidecar.io/inject': 'statsd' } };
      api.put('/apis/apps/v1/namespaces/shop/deployments/web', { metadata: asks });
      api.put('/apis/apps/v1/namespaces/shop/statefulsets/db', { metadata: { annotations: { team: 'a' } } });
      api.put('/apis/apps/v1/namespaces/shop/daemonsets/agent', { metadata: { labels: asks.annotations } });
      api.put('/apis/batch/v1/namespaces/shop/cronjobs/nightly', {
        metadata: { annotations: { 'statsd.metrics-sidecar.io/udp-prot': '1' } },
      });
    },
    result: 'warning',
  },
];

const scrape = { annotations: { 'metrics-sidecar.io/scrape': 'true' } };
const monitor = (kind: string) => `/apis/monitoring.coreos.com/v1/namespaces/shop/${kind}/sidecars`;
const selectors: Case[] = [
  {
    when: 'Services: no pod, no injected pod, no selector, and one that is right',
    check: selectorsEmpty,
    arrange: (cluster) => {
      add('plain', { metadata: { labels: { app: 'plain' }, annotations: {} } })(cluster);
      const service = (name: string, selector: object | undefined, metadata: object = scrape) =>
        cluster.api.put(`/api/v1/namespaces/shop/services/${name}`, { metadata, spec: { selector } });
      service('nothing', { app: 'shop' });
      service('plain', { app: 'plain' });
      service('external', undefined);
      service('web', { app: 'web' });
      service('routed', { app: 'shop' }, { annotations: { 'haproxy.metrics-sidecar.io/route': 'true' } });
      service('others', { app: 'shop' }, {});
    },
    result: 'warning',
  },
  {
    when: 'a PodMonitor that takes nothing, one that does, one of somebody else',
    check: selectorsEmpty,
    arrange: ({ api }) => {
      const endpoints = { podMetricsEndpoints: [{ port: 'ms-metrics' }] };
      api.put(monitor('podmonitors'), { spec: { ...endpoints, selector: { matchLabels: { app: 'shop' } } } });
      api.put(`${monitor('podmonitors')}-2`, {
        spec: { ...endpoints, selector: { matchLabels: { 'metrics-sidecar.io/injected': 'true' } } },
      });
      api.put(`${monitor('podmonitors')}-3`, { spec: { selector: { matchLabels: { app: 'gone' } } } });
      api.put(monitor('servicemonitors').replace('shop', 'metrics-sidecar'), {
        metadata: { labels: { 'app.kubernetes.io/name': 'metrics-sidecar' } },
        spec: { namespaceSelector: { any: true }, selector: { matchLabels: { app: 'gone' } } },
      });
    },
    result: 'warning',
  },
  {
    when: 'a PodMonitor, and nothing is injected yet',
    check: selectorsEmpty,
    arrange: ({ api }) => {
      api.remove(path.pod('web-5d9c7b6f4-x'));
      const selector = { matchLabels: { 'metrics-sidecar.io/injected': 'true' } };
      api.put(monitor('podmonitors'), { spec: { podMetricsEndpoints: [{ port: 'ms-metrics' }], selector } });
    },
    result: 'ok',
  },
];

testCases('pods.txt', [...missed, ...outdated, ...wrongLevel, ...selectors]);
