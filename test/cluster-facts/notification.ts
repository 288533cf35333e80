import type { EventOutcome } from '../../src/cluster/event-dispatcher.ts';
import type { Target } from '../../src/cluster/event-object.ts';
import type { EventLimits, OwnerNotification } from '../../src/cluster/events.ts';
import type { KubeObject } from '../../src/kube/kube.ts';
import type { FakeApiServer } from '../kube/api-server.ts';

/** Short times, wide bounds: what a test is about it narrows itself. */
export const quick: EventLimits = {
  delay: 1,
  window: 1,
  waiting: 100,
  remembered: 100,
  rate: 1_000_000,
  burst: 1_000_000,
  pause: 1,
  pauseMost: 4,
  attempts: 4,
  stop: 2000,
};

/** A pod of a ReplicaSet that was injected. */
export function notification(changes: Partial<OwnerNotification> = {}): OwnerNotification {
  return {
    namespace: 'shop',
    pod: { name: '', generateName: 'orders-5d-' },
    owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'orders-5d', uid: 'rs-1' },
    outcome: { decision: 'injected', kinds: ['statsd'], reasons: [] },
    dryRun: false,
    ...changes,
  };
}

/** Puts the ReplicaSet of `notification` and its Deployment, by reference. */
export function putReplicaSet(api: FakeApiServer, uid = 'rs-1'): void {
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders', uid: 'deploy-1', controller: true };
  api.put('/apis/apps/v1/namespaces/shop/replicasets/orders-5d', {
    metadata: { name: 'orders-5d', uid, ownerReferences: [owner] },
  });
}

/** The Events that were made, as they are stored now; one that is gone is not among them. */
export function eventsOf(api: FakeApiServer): (KubeObject & { readonly count: number })[] {
  const made = api.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/events'));
  const paths = new Set(made.map(({ path, body }) => `${path}/${(body as KubeObject).metadata.name}`));
  return [...paths].flatMap((path) => (api.get(path) as KubeObject & { readonly count: number }) ?? []);
}

export interface Ledger {
  readonly counted: (outcome: EventOutcome, notifications: number) => void;
  readonly counts: Readonly<Record<EventOutcome, number>>;
  /** Resolves when that many notifications were counted. */
  readonly reached: (notifications: number) => Promise<void>;
}

export function createLedger(): Ledger {
  const counts: Record<EventOutcome, number> = { sent: 0, aggregated: 0, dropped: 0, failed: 0, not_found: 0 };
  const listeners = new Set<() => void>();
  const sum = () => Object.values(counts).reduce((a, b) => a + b, 0);
  return {
    counts,
    counted(outcome, notifications) {
      counts[outcome] += notifications;
      for (const listener of listeners) listener();
    },
    reached: (notifications) =>
      new Promise((resolve) => {
        const ask = () => {
          if (sum() < notifications) return;
          listeners.delete(ask);
          resolve();
        };
        listeners.add(ask);
        ask();
      }),
  };
}

/** Stores the owner of a notification under its uid. */
export function putOwner(api: FakeApiServer, { kind, name, uid = '' }: Target): void {
  const folder = `${kind.toLowerCase()}s`;
  const group = kind === 'Job' ? 'batch' : 'apps';
  api.put(`/apis/${group}/v1/namespaces/shop/${folder}/${name}`, { metadata: { name, uid } });
}
