import { Counter, Gauge, type Registry } from 'prom-client';
import type { EventOutcome } from '../../cluster/event-dispatcher.ts';
import type { FactSource } from '../../cluster/watch-facts.ts';
import { readGauge } from './read-gauge.ts';
import { declaration, type WebhookMetric } from './webhook-metric-table.ts';

/** The certificates that a replica issues. */
export type Rotation = 'authority' | 'certificate';

/** Values of the watches, read when the page is rendered; undefined where the webhook has no such watch. */
export interface WatchSources {
  /** Whether the served chain verifies against every caBundle. */
  readonly caBundleSynced: () => boolean | undefined;
  /** Milliseconds that the clock is ahead of the API server's. */
  readonly clockAhead: () => number | undefined;
  /** Milliseconds since the epoch. */
  readonly authorityExpires: () => number | undefined;
  /** When the first client certificate of an open connection expires; milliseconds since the epoch. */
  readonly clientExpires: () => number | undefined;
  readonly sources: () => readonly FactSource[];
  /** Pods that ask for a sidecar and were never reviewed; `at` in milliseconds since the epoch. */
  readonly missed: () => { readonly count: number; readonly at: number } | undefined;
}

export interface ClusterMetrics {
  /** Counts notifications of owners by their outcome. */
  event(outcome: EventOutcome, notifications: number): void;
  rotated(what: Rotation): void;
}

/** Declares the metrics of the watches; a gauge without a value has no series. */
export function collectCluster(registers: Registry[], watching: WatchSources): ClusterMetrics {
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
  for (const what of ['authority', 'certificate'] satisfies Rotation[]) rotations.inc({ what }, 0);
  return {
    event: (outcome, notifications) => events.inc({ outcome }, notifications),
    rotated: (what) => rotations.inc({ what }),
  };

  function gauge(name: WebhookMetric, read: () => number | undefined): void {
    readGauge(declaration(registers, name), read);
  }
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
