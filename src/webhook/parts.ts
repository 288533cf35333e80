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
import type { BackgroundFailures } from './metrics/background-failures.ts';
import type { Metrics } from './metrics/webhook-metrics.ts';
import type { ReadinessInputs } from './readiness.ts';
import type { Clients } from './tls/clients.ts';

export interface WebhookDependencies {
  /** The version of the program. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** The log's output; `process.stdout` by default. */
  readonly stdout?: Writable;
  /** Milliseconds with fractions that never step back: for durations. */
  readonly clock?: () => number;
  /** The API server; needed where `needsCluster` says so. The caller closes it. */
  readonly kube?: Kube;
  /** The API server's clock, from the answers that `kube` gets. */
  readonly serverClock?: ServerClock;
  /** The name of this replica's pod. */
  readonly instance?: string;
  /** The facts of a namespace, instead of those of `--cluster`. */
  readonly facts?: (namespace: string) => Facts;
  readonly engine?: Engine;
  /** The process: emits exceptions and rejections that nothing caught. */
  readonly process?: EventEmitter;
  /** The container's memory limit in bytes; undefined: none. */
  readonly memoryLimit?: number;
}

/** The state that changes while the webhook runs. */
export type State = { -readonly [Part in keyof ReadinessInputs]: ReadinessInputs[Part] } & {
  inject: InjectSettings;
  readonly clients: Clients;
};

/** The parts of a webhook. */
export interface Parts {
  readonly log: LeveledLogger;
  readonly flush: () => void;
  readonly metrics: Metrics;
  readonly failuresOf: BackgroundFailures;
  /** Why the webhook is not ready; logs when that changes. */
  readonly readiness: () => string | undefined;
  readonly server: HttpsServer;
  readonly drain: Drain;
  readonly web: HttpServer;
  readonly webDrain: Drain;
}
