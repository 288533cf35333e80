import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Access, Endpoint } from './https.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The API server to connect to, or why there is none. */
export type Located =
  | { readonly ok: true; readonly endpoint: Endpoint; readonly namespace: string; readonly context: string }
  | { readonly ok: false; readonly problem: string };

/**
 * Where the kubelet mounts the service account of a pod (Kubernetes docs, "Accessing the Kubernetes API from a Pod").
 */
export const serviceAccountDir = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Whether the environment is that of a pod. */
export function isInCluster({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port }: Environment): boolean {
  return host !== undefined && host !== '' && port !== undefined && port !== '';
}

/**
 * The API server as a pod sees it, with the pod's own service account.
 * @param dir of the service account: `token`, `ca.crt`, `namespace`
 */
export async function inCluster(env: Environment, dir: string): Promise<Located> {
  try {
    const namespace = (await readFile(join(dir, 'namespace'), 'utf8')).trim();
    const first = await serviceAccount(dir);
    if (!first.ok) return first;
    const endpoint = { server: serverOf(env), access: () => serviceAccount(dir) };
    return { ok: true, endpoint, namespace, context: 'service account' };
  } catch (error) {
    return { ok: false, problem: unreadable(error) };
  }
}

function serverOf({ KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' }: Environment): string {
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Read again for each request: the kubelet writes a new token long before the old one expires (an hour), and a new
 * authority when the cluster gets one. Reading two small files in memory takes some 100 µs.
 */
async function serviceAccount(dir: string): Promise<Access> {
  try {
    const [token, ca] = await Promise.all([
      readFile(join(dir, 'token'), 'utf8'),
      readFile(join(dir, 'ca.crt'), 'utf8'),
    ]);
    if (token.trim() === '') return { ok: false, problem: `the token of the service account is empty (${dir}/token)` };
    return { ok: true, headers: { Authorization: `Bearer ${token.trim()}` }, tls: { ca } };
  } catch (error) {
    return { ok: false, problem: unreadable(error) };
  }
}

function unreadable(error: unknown): string {
  return `the service account cannot be read, is automountServiceAccountToken off? (${(error as Error).message})`;
}
