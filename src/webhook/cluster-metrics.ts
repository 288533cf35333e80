import { Counter, Gauge, type Registry } from 'prom-client';
import type { EventOutcome } from '../cluster/event-desk.ts';
import type { FactSource } from '../cluster/facts.ts';
import { readGauge } from './read-gauge.ts';

/** What was issued anew while the webhook ran. */
export type Rotated = 'authority' | 'certificate';

/** What the webhook knows of the cluster, asked when the page is; nothing where it does not watch that. */
export interface Watching {
  /** Whether the served chain verifies against every caBundle. */
  readonly caBundleSynced: () => boolean | undefined;
  /** Milliseconds since the epoch. */
  readonly authorityExpires: () => number | undefined;
  readonly sources: () => readonly FactSource[];
  /** Pods that ask for a sidecar and were never judged; `at` in milliseconds since the epoch. */
  readonly missed: () => { readonly count: number; readonly at: number } | undefined;
}

export interface ClusterMetrics {
  /** So many decisions that were to be told to an owner came to this. */
  event(outcome: EventOutcome, tellings: number): void;
  rotated(what: Rotated): void;
}

/** Declares the metrics of what is watched; a gauge without a value has no series. */
export function collectCluster(prefix: string, registers: Registry[], watching: Watching): ClusterMetrics {
  gauge('ca_bundle_synced', 'Whether every caBundle of the registration verifies the certificate in use (1).', () => {
    const synced = watching.caBundleSynced();
    return synced === undefined ? undefined : Number(synced);
  });
  gauge('authority_expiry_timestamp_seconds', 'When the authority that signs the certificates expires.', () =>
    seconds(watching.authorityExpires()),
  );
  gauge(
    'missed_pods',
    'Pods that ask for a sidecar and were created without the webhook being asked.',
    () => watching.missed()?.count,
  );
  gauge('missed_pods_timestamp_seconds', 'When pods that were missed were looked for last.', () =>
    seconds(watching.missed()?.at),
  );
  new Gauge({
    name: `${prefix}cluster_synced`,
    help: 'Whether what is known of the cluster was ever complete (1), by resource.',
    labelNames: ['resource'],
    registers,
    collect() {
      for (const { resource, synced } of watching.sources()) this.set({ resource }, Number(synced));
    },
  });
  new Gauge({
    name: `${prefix}cluster_last_contact_timestamp_seconds`,
    help: 'When the API server last confirmed what is known of the cluster, by resource.',
    labelNames: ['resource'],
    registers,
    collect() {
      for (const { resource, confirmed } of watching.sources()) {
        if (confirmed !== undefined) this.set({ resource }, confirmed / 1000);
      }
    },
  });
  const events = new Counter({
    name: `${prefix}events_total`,
    help: 'Decisions that were to be told to the owners of pods by Events, by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  const rotations = new Counter({
    name: `${prefix}rotations_total`,
    help: 'Times an authority or a serving certificate was issued by this replica.',
    labelNames: ['what'],
    registers,
  });
  for (const outcome of ['sent', 'aggregated', 'dropped', 'failed'] satisfies EventOutcome[])
    events.inc({ outcome }, 0);
  for (const what of ['authority', 'certificate'] satisfies Rotated[]) rotations.inc({ what }, 0);
  return {
    event: (outcome, tellings) => events.inc({ outcome }, tellings),
    rotated: (what) => rotations.inc({ what }),
  };

  function gauge(name: string, help: string, read: () => number | undefined): void {
    readGauge({ name: `${prefix}${name}`, help, registers }, read);
  }
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
