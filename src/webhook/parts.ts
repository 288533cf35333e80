import type { EventEmitter } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Writable } from 'node:stream';
import type { Facts } from '../inject/pod/namespace-facts.ts';
import type { InjectSettings } from '../inject/request/settings.ts';
import type { Kube } from '../kube/kube.ts';
import type { LeveledLogger } from '../runtime/logger.ts';
import type { ServerClock } from '../timing/server-clock.ts';
import type { Engine } from './admission/decide.ts';
import type { Drain } from './http/drain.ts';
import type { Background } from './metrics/background-failures.ts';
import type { Metrics } from './metrics/webhook-metrics.ts';
import type { Standing } from './readiness.ts';
import type { Clients } from './tls/clients.ts';

export interface WebhookDependencies {
  /** Of the program. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Takes the log. */
  readonly stdout?: Writable;
  /** Milliseconds with fractions that never step back: for durations. */
  readonly clock?: () => number;
  /** The API server; needed where `needsCluster` says so. It is closed by whoever made it. */
  readonly kube?: Kube;
  /** The API server's clock, as `kube` hears it. */
  readonly serverClock?: ServerClock;
  /** The name of this replica's pod. */
  readonly instance?: string;
  /** What is known of a namespace, instead of what `--cluster` watches. */
  readonly facts?: (namespace: string) => Facts;
  readonly engine?: Engine;
  /** The process: tells of exceptions and rejections that nothing caught. */
  readonly process?: EventEmitter;
  /** Bytes that the container may have; without it as much as is wanted. */
  readonly memoryLimit?: number;
}

/** What changes while the webhook runs. */
export type State = { -readonly [Part in keyof Standing]: Standing[Part] } & {
  inject: InjectSettings;
  readonly clients: Clients;
};

/** What a webhook is made of. */
export interface Parts {
  readonly log: LeveledLogger;
  readonly flush: () => void;
  readonly metrics: Metrics;
  readonly background: Background;
  /** Why it is not ready; logged when it changes. */
  readonly readiness: () => string | undefined;
  readonly server: HttpsServer;
  readonly drain: Drain;
  readonly web: HttpServer;
  readonly webDrain: Drain;
}
