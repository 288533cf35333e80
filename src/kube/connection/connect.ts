import { join } from 'node:path';
import type { Kube } from '../kube.ts';
import { createKube } from './https.ts';
import { type Environment, inCluster, isInCluster, type Located, serviceAccountDir } from './in-cluster.ts';

export interface ConnectWish {
  /** A path, or several as in KUBECONFIG. */
  readonly kubeconfig?: string | undefined;
  /** The current one of the kubeconfig where nothing is said. */
  readonly context?: string | undefined;
  readonly env: Environment;
  /** Gets the `Date` of each answer, in milliseconds since the epoch. */
  readonly heard?: (serverTime: number) => void;
  /** Of a pod; where the kubelet puts it, unless told. */
  readonly serviceAccount?: string | undefined;
}

export type Connected =
  | {
      readonly ok: true;
      readonly kube: Kube;
      /** Where what names no namespace belongs: the pod's own, or the context's. */
      readonly namespace: string;
      readonly context: string;
    }
  | { readonly ok: false; readonly problem: string };

/**
 * A connection to the cluster that is meant, as kubectl finds it: the kubeconfig that is named (by the wish, then by
 * KUBECONFIG), in a pod its service account, else `~/.kube/config`. Asks nothing of the API server yet.
 */
export async function connect(wish: ConnectWish): Promise<Connected> {
  const located = await locate(wish);
  if (!located.ok) return located;
  const { endpoint, namespace, context } = located;
  return { ok: true, kube: createKube({ ...endpoint, heard: wish.heard }), namespace, context };
}

async function locate({ kubeconfig, context, env, serviceAccount = serviceAccountDir }: ConnectWish): Promise<Located> {
  const named = kubeconfig || env['KUBECONFIG'] || undefined;
  if (named === undefined && context === undefined && isInCluster(env)) return inCluster(env, serviceAccount);
  const home = env['HOME'] ?? env['USERPROFILE'];
  if (named === undefined && home === undefined)
    return { ok: false, problem: 'no kubeconfig: neither KUBECONFIG nor HOME is set' };
  // Loaded late: with @kubernetes/client-node behind it, it is 0.8 MB of the bundle, 13 MB of memory (12 of them
  // anonymous)
  // and 80 ms of CPU on Node 24 that no pod has to pay.
  const { fromKubeconfig } = await import('./kubeconfig.ts');
  return fromKubeconfig(named ?? join(home!, '.kube', 'config'), context, env);
}
