import { join } from 'node:path';
import type { Kube } from '../kube.ts';
import { createKube } from './https.ts';
import { type Environment, inCluster, isInCluster, type Located, serviceAccountDir } from './in-cluster.ts';

export interface ConnectOptions {
  /** A path, or several as in KUBECONFIG. */
  readonly kubeconfig?: string | undefined;
  /** The kubeconfig's current context by default. */
  readonly context?: string | undefined;
  readonly env: Environment;
  /** Gets the `Date` of each answer; milliseconds since the epoch. */
  readonly onServerTime?: (serverTime: number) => void;
  /** The folder of a pod's service account; by default where the kubelet mounts it. */
  readonly serviceAccount?: string | undefined;
}

export type Connected =
  | {
      readonly ok: true;
      readonly kube: Kube;
      /** The namespace of objects that name none: the pod's own, or the context's. */
      readonly namespace: string;
      readonly context: string;
    }
  | { readonly ok: false; readonly problem: string };

/**
 * A connection to a cluster, found as kubectl finds it: by the kubeconfig of the options or of KUBECONFIG, in a pod by
 * its service account, else by `~/.kube/config`. Sends no request yet.
 */
export async function connect(options: ConnectOptions): Promise<Connected> {
  const located = await locate(options);
  if (!located.ok) return located;
  const { endpoint, namespace, context } = located;
  return { ok: true, kube: createKube({ ...endpoint, onServerTime: options.onServerTime }), namespace, context };
}

async function locate({
  kubeconfig,
  context,
  env,
  serviceAccount = serviceAccountDir,
}: ConnectOptions): Promise<Located> {
  const named = kubeconfig || env['KUBECONFIG'] || undefined;
  if (named === undefined && context === undefined && isInCluster(env)) return inCluster(env, serviceAccount);
  const home = env['HOME'] ?? env['USERPROFILE'];
  if (named === undefined && home === undefined)
    return { ok: false, problem: 'no kubeconfig: neither KUBECONFIG nor HOME is set' };
  // Loaded late, so that no pod pays for @kubernetes/client-node behind it: 0.8 MB of the bundle, 13 MB of memory (12
  // of them anonymous) and 80 ms of CPU on Node 24.
  const { fromKubeconfig } = await import('./kubeconfig.ts');
  return fromKubeconfig(named ?? join(home!, '.kube', 'config'), context, env);
}
