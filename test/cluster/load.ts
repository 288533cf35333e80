import { connect } from '../../src/kube/connection/connect.ts';
import type { Kube, KubeObject } from '../../src/kube/kube.ts';

/** What came of a load: every pod was asked for through the API server, none is kept (`dryRun=All`). */
export interface LoadReport {
  readonly asked: number;
  /** What the API server said instead of a pod, or of a pod without its sidecar; at most ten. */
  readonly failures: readonly string[];
  readonly failed: number;
}

export interface Load {
  /** How many pods came back so far. */
  readonly done: () => number;
  /** Resolves when `count` more pods came back. */
  more(count: number): Promise<void>;
  stop(): Promise<LoadReport>;
}

interface LoadSettings {
  readonly namespace: string;
  readonly perSecond: number;
  /** The pods' annotations; they ask for a sidecar by default. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A connection to the cluster that KUBECONFIG names. */
export async function connection(): Promise<Kube> {
  const connected = await connect({ env: process.env });
  if (!connected.ok) throw new Error(connected.problem);
  return connected.kube;
}

/**
 * Asks for `perSecond` annotated pods a second until it is stopped, at a steady pace whatever the answers take. A pod
 * counts as failed where the API server refuses it or gives it back without the sidecar.
 */
export async function startLoad({ namespace, perSecond, annotations = asks }: LoadSettings): Promise<Load> {
  const kube = await connection();
  const failures: string[] = [];
  const [open, waiting] = [new Set<Promise<void>>(), new Set<{ at: number; resolve: () => void }>()];
  let [asked, done, failed] = [0, 0, 0];

  const one = async (number: number) => {
    const answer = await kube.request<KubeObject>({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/pods`,
      query: { dryRun: 'All' },
      body: pod(`load-${number}`, annotations),
    });
    const injected = answer.ok && answer.value.metadata.labels?.['metrics-sidecar.io/injected'] === 'true';
    if (!injected) {
      failed++;
      if (failures.length < 10) failures.push(answer.ok ? `load-${number} has no sidecar` : answer.problem.message);
    }
    done++;
    for (const waiter of waiting) if (done >= waiter.at) waiter.resolve();
  };
  const started = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1000) * perSecond);
    while (asked < due) {
      const running = one(asked++);
      open.add(running);
      void running.finally(() => open.delete(running));
    }
  }, 10);

  return {
    done: () => done,
    more: (count) =>
      new Promise((resolve) => {
        waiting.add({ at: done + count, resolve });
      }),
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      kube.close();
      return { asked, failures, failed };
    },
  };
}

const asks = { 'metrics-sidecar.io/inject': 'statsd' };

function pod(name: string, annotations: object): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations },
    spec: { schedulerName: 'nobody', containers: [{ name: 'app', image: 'example.invalid/app:1' }] },
  };
}
