import { Counter, Gauge, type Registry } from 'prom-client';
import type { EventOutcome } from '../../cluster/event-dispatcher.ts';
import type { FactSource } from '../../cluster/watch-facts.ts';
import { readGauge } from './read-gauge.ts';
import { declaration, type WebhookMetric } from './webhook-metric-table.ts';

/** What was issued anew while the webhook ran. */
export type Rotated = 'authority' | 'certificate';

/** What the webhook knows of the cluster, asked when the page is; nothing where it does not watch that. */
export interface Watching {
  /** Whether the served chain verifies against every caBundle. */
  readonly caBundleSynced: () => boolean | undefined;
  /** Milliseconds that the clock is ahead of the API server's. */
  readonly clockAhead: () => number | undefined;
  /** Milliseconds since the epoch. */
  readonly authorityExpires: () => number | undefined;
  /** Milliseconds since the epoch: of the client certificates of those that call. */
  readonly clientExpires: () => number | undefined;
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
export function collectCluster(registers: Registry[], watching: Watching): ClusterMetrics {
  gauge('ca_bundle_synced', () => {
    const synced = watching.caBundleSynced();
    return synced === undefined ? undefined : Number(synced);
  });
  gauge('clock_skew_seconds', () => seconds(watching.clockAhead()));
  gauge('authority_expiry_timestamp_seconds', () => seconds(watching.authorityExpires()));
  gauge('client_certificate_expiry_timestamp_seconds', () => seconds(watching.clientExpires()));
  gauge('missed_pods', () => watching.missed()?.count);
  gauge('missed_pods_timestamp_seconds', () => seconds(watching.missed()?.at));
  new Gauge({
    ...declaration(registers, 'cluster_synced'),
    collect() {
      for (const { resource, synced } of watching.sources()) this.set({ resource }, Number(synced));
    },
  });
  new Gauge({
    ...declaration(registers, 'cluster_last_contact_timestamp_seconds'),
    collect() {
      for (const { resource, confirmed } of watching.sources()) {
        if (confirmed !== undefined) this.set({ resource }, confirmed / 1000);
      }
    },
  });
  const events = new Counter(declaration(registers, 'events_total'));
  const rotations = new Counter(declaration(registers, 'rotations_total'));
  for (const outcome of ['sent', 'aggregated', 'dropped', 'failed', 'not_found'] satisfies EventOutcome[])
    events.inc({ outcome }, 0);
  for (const what of ['authority', 'certificate'] satisfies Rotated[]) rotations.inc({ what }, 0);
  return {
    event: (outcome, tellings) => events.inc({ outcome }, tellings),
    rotated: (what) => rotations.inc({ what }),
  };

  function gauge(name: WebhookMetric, read: () => number | undefined): void {
    readGauge(declaration(registers, name), read);
  }
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
