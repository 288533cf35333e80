import { type Ended, run } from './program.ts';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name?: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** Runs kubectl against the cluster that KUBECONFIG names; `input` goes to its standard input. */
export function kubectl(args: readonly string[], input?: string): Promise<Ended> {
  return run('kubectl', args, input);
}

/** As `kubectl`, for what has to succeed: the error says the command and what it printed. */
export async function must(args: readonly string[], input?: string): Promise<Ended> {
  const ended = await kubectl(args, input);
  if (ended.code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${ended.err || ended.out}`);
  return ended;
}

export function apply(objects: readonly object[], ...args: string[]): Promise<Ended> {
  return must(['apply', '-f', '-', ...args], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
}

export async function get<T = Pod>(kind: string, name: string, namespace: string): Promise<T> {
  return JSON.parse((await must(['get', kind, name, '-n', namespace, '-o', 'json'])).out) as T;
}

export async function pods(namespace: string, selector: string): Promise<Pod[]> {
  const { out } = await must(['get', 'pods', '-n', namespace, '-l', selector, '-o', 'json']);
  return (JSON.parse(out) as { items: Pod[] }).items;
}

/** What the tests read of a pod. */
export interface Pod {
  metadata: {
    name: string;
    namespace: string;
    deletionTimestamp?: string;
    annotations?: Record<string, string>;
    labels?: Record<string, string>;
  };
  spec: { containers: Container[]; initContainers?: Container[]; volumes?: { name: string }[] };
  status: { phase: string; containerStatuses?: ContainerStatus[]; initContainerStatuses?: ContainerStatus[] };
}

export interface Container {
  name: string;
  restartPolicy?: string;
  env?: { name: string; value?: string }[];
  volumeMounts?: { name: string; mountPath: string }[];
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  state: { terminated?: { exitCode: number } };
}
