import type { V1Pod } from '@kubernetes/client-node';
import { type Kube, patchType } from '../../src/kube/kube.ts';
import { type ReceivedEvent, watchOnce } from '../../src/kube/watch/watch-once.ts';

export interface KubeletOptions {
  readonly nodes: readonly string[];
  /** Milliseconds that a pod takes to become ready, or to end. */
  readonly delay: () => number;
  /** The pods that every workload should have, by the label `app` of its pods. */
  readonly wanted: ReadonlyMap<string, number>;
}

/** Plays scheduler and kubelets: pods become ready after a while, and end after a while; no container runs. */
export interface Kubelet {
  /** The pods that are missing now: those that workloads should have and that are not ready, or are about to end. */
  readonly unavailable: () => number;
  /** The most pods that were missing at any time since it was asked last. */
  readonly most: () => number;
  /** Resolves when as many pods are missing as said, or fewer. */
  readonly until: (unavailable: number) => Promise<void>;
  readonly stop: () => void;
}

type Listed = { readonly metadata: { readonly resourceVersion: string } };

/** Begins at an empty cluster. Counts at each event of the watch, in the order of etcd. */
export async function startKubelet(kube: Kube, { nodes, delay, wanted }: KubeletOptions): Promise<Kubelet> {
  await createNodes(kube, nodes);
  const listed = await kube.request<Listed>({ method: 'GET', path: '/api/v1/pods', query: { limit: '1' } });
  if (!listed.ok) throw new Error(listed.problem.message);
  const ready = new Map<string, Set<string>>([...wanted.keys()].map((app) => [app, new Set()]));
  const begun = new Set<string>();
  const waiting = new Set<() => void>();
  let missing = [...wanted.values()].reduce((sum, pods) => sum + pods, 0);
  let most = missing;
  let next = 0;

  const count = (app: string, name: string, isReady: boolean) => {
    const pods = ready.get(app)!;
    const before = Math.max(0, wanted.get(app)! - pods.size);
    if (isReady) pods.add(name);
    else pods.delete(name);
    missing += Math.max(0, wanted.get(app)! - pods.size) - before;
    most = Math.max(most, missing);
    for (const check of waiting) check();
  };
  /** Carries out a step of a pod once. */
  const once = (step: string, after: number, action: () => Promise<unknown>) => {
    if (begun.has(step)) return;
    begun.add(step);
    setTimeout(() => void action(), after).unref();
  };
  const received = (event: ReceivedEvent) => {
    if (event.type === 'bookmark') return;
    const pod = event.object as unknown as V1Pod;
    const { name, namespace, uid, deletionTimestamp, labels } = pod.metadata!;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    const isGone = event.type === 'remove' || deletionTimestamp !== undefined;
    const isReady = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
    count(labels!['app']!, uid!, isReady && !isGone);
    if (event.type === 'remove') return;
    if (isGone) {
      once(`${uid} end`, delay(), () =>
        kube.request({ method: 'DELETE', path, body: { gracePeriodSeconds: 0, preconditions: { uid } } }),
      );
    } else if (pod.spec!.nodeName === undefined) {
      const node = pinnedNode(pod) ?? nodes[next++ % nodes.length]!;
      once(`${uid} bind`, 0, () =>
        kube.request({ method: 'POST', path: `${path}/binding`, body: bindingTo(node, name!) }),
      );
    } else if (!isReady) {
      once(`${uid} ready`, delay(), () =>
        kube.request({
          method: 'PATCH',
          path: `${path}/status`,
          contentType: patchType.merge,
          body: { status: running() },
        }),
      );
    }
  };
  const request = {
    path: '/api/v1/pods',
    version: listed.value.metadata.resourceVersion,
    lasting: 3600,
    silence: 600_000,
  };
  const watch = watchOnce(kube, request, { opened: () => {}, received });
  return {
    unavailable: () => missing,
    most: () => {
      const value = most;
      most = missing;
      return value;
    },
    until: (unavailable) =>
      new Promise((resolve) => {
        const check = () => {
          if (missing > unavailable) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    stop: watch.stop,
  };
}

/** The node that a DaemonSet made the pod for. */
function pinnedNode({ spec }: V1Pod): string | undefined {
  const terms = spec!.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.flatMap(({ matchFields = [] }) => matchFields).find(({ key }) => key === 'metadata.name')?.values?.[0];
}

function bindingTo(node: string, name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name },
    target: { apiVersion: 'v1', kind: 'Node', name: node },
  };
}

function running(): object {
  const now = new Date().toISOString().replace(/\.\d+/, '');
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: now });
  return { phase: 'Running', conditions: ['Initialized', 'ContainersReady', 'Ready'].map(condition) };
}

/** The nodes, as far as the DaemonSet controller reads them; admission taints a new node until its kubelet is ready. */
async function createNodes(kube: Kube, nodes: readonly string[]): Promise<void> {
  for (const name of nodes) {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name } };
    await kube.request({ method: 'POST', path: '/api/v1/nodes', body: node });
    const ready = { spec: { taints: null } };
    await kube.request({ method: 'PATCH', path: `/api/v1/nodes/${name}`, contentType: patchType.merge, body: ready });
  }
}
