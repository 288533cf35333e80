import type { KubeObject } from '../../src/kube/kube.ts';
import { injected, path, running, type TestCluster, version, webPod } from '../check/cluster.ts';

const root = '/apis/apps/v1/namespaces';

export function deploymentPath(name: string, namespace = 'shop'): string {
  return `${root}/${namespace}/deployments/${name}`;
}

interface Options {
  readonly namespace?: string;
  /** The version of its sidecar. */
  readonly by?: string;
  readonly spec?: object;
  readonly status?: object;
}

/** Adds a Deployment of two pods, which `by` has injected; `1.1.0` is outdated. */
export function addDeployment(cluster: TestCluster, name: string, options: Options = {}): void {
  const { namespace = 'shop', by = '1.1.0', spec, status } = options;
  cluster.api.put(deploymentPath(name, namespace), {
    metadata: { generation: 1 },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name }, annotations: { 'metrics-sidecar.io/inject': 'statsd' } } },
      ...spec,
    },
    status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2, ...status },
  });
  putPods(cluster, name, namespace, (pod) => injected(pod, by));
}

/** Two pods of a Deployment, as admission makes them. */
export function putPods(
  { api }: TestCluster,
  name: string,
  namespace: string,
  admit: (pod: ReturnType<typeof webPod>) => object,
): void {
  for (const suffix of ['a', 'b']) {
    const pod = webPod(`${name}-${suffix}`, {
      metadata: {
        ...{ namespace, labels: { app: name, 'pod-template-hash': '1' } },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-1`, uid: 'u', controller: true }],
      },
    });
    api.put(path.pod(`${name}-${suffix}`, namespace), running(admit(pod) as typeof pod));
  }
}

/** How the pods of a restarted Deployment come out. */
export type Rollout = 'renewed' | 'without sidecars' | 'never seen' | 'past its deadline' | 'renewed, answer lost';

/**
 * Plays the Deployment controller: each restart makes new pods, as `rollout` says. The API server double counts no
 * generations, so this does, in the answer to the restart too.
 */
export function control(cluster: TestCluster, rollout: (name: string) => Rollout = () => 'renewed'): void {
  const { api } = cluster;
  api.fail(
    ({ method, path: at }) => method === 'PATCH' && at.includes('/deployments/'),
    ({ path: at, body }) => {
      const before = api.get(at)!;
      const { metadata: wanted, spec } = body as { metadata: { resourceVersion: string }; spec: object };
      if (wanted.resourceVersion !== before.metadata.resourceVersion) return { status: 409, message: 'modified' };
      const { name, namespace } = before.metadata;
      const restarted = withRestart(before, spec);
      const stored = api.put(at, restarted);
      // The controller acts after the answer.
      const how = rollout(name);
      setImmediate(() => finish(cluster, stored, name, namespace!, how));
      return how === 'renewed, answer lost' ? 'reset' : { status: 200, body: stored };
    },
  );
}

function withRestart(before: KubeObject, patch: object): object {
  const spec = before['spec'] as { template: { metadata: { annotations: object } } };
  const { template } = patch as typeof spec;
  const annotations = { ...spec.template.metadata.annotations, ...template.metadata.annotations };
  const metadata = { ...before.metadata, generation: 2, managedFields: [{ manager: 'metrics-sidecar-renew' }] };
  return { ...before, metadata, spec: { ...spec, template: { metadata: { ...spec.template.metadata, annotations } } } };
}

function finish(cluster: TestCluster, stored: KubeObject, name: string, namespace: string, how: Rollout): void {
  if (how === 'never seen') return;
  const deadline = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
  const status =
    how === 'past its deadline'
      ? { replicas: 3, updatedReplicas: 1, availableReplicas: 2, conditions: [deadline] }
      : { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  if (how !== 'past its deadline') {
    putPods(cluster, name, namespace, (pod) => (how === 'without sidecars' ? pod : injected(pod, version)));
  }
  cluster.api.put(deploymentPath(name, namespace), { ...stored, status: { observedGeneration: 2, ...status } });
}
