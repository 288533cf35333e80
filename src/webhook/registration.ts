import type { Logger } from 'pino';
import { bundlesProblem, type Configuration, configurationKinds } from '../certificates/bundle.ts';
import { configurationPaths, readConfiguration } from '../certificates/configuration.ts';
import type { WebhookSettings } from '../contract/webhook.ts';
import type { Kube } from '../kube/kube.ts';
import { watchResource } from '../kube/watch.ts';
import type { ServingPair } from './certificates.ts';

/** The webhook's registration at the API server, as far as readiness depends on it. */
export interface Registration {
  /** Why an API server would refuse `pair`; nothing where every entry's caBundle verifies it. */
  notReady(pair: ServingPair): string | undefined;
  /** As a metric: undefined where the registration is not watched. */
  synced(pair: ServingPair | undefined): boolean | undefined;
  stop(): void;
}

/** Where no registration is named. */
export const noRegistration: Registration = {
  notReady: () => undefined,
  synced: () => undefined,
  stop: () => {},
};

export interface RegistrationContext {
  readonly log: Logger;
  readonly now: () => number;
  readonly random: () => number;
}

/**
 * Watches both webhook configurations of the name `--webhook-configuration`. While the API server cannot be reached, what
 * it said last counts: it decides whether a certificate is trusted, and it was asked.
 */
export function watchRegistration(
  { webhookConfiguration }: Pick<WebhookSettings, 'webhookConfiguration'>,
  kube: Kube,
  { log, now, random }: RegistrationContext,
): Registration {
  const fieldSelector = `metadata.name=${webhookConfiguration}`;
  const watched = configurationKinds.map((kind) =>
    watchResource<Configuration>(
      kube,
      { path: configurationPaths[kind], query: { fieldSelector }, keep: (object) => readConfiguration(kind, object) },
      { now, random },
    ),
  );
  let said: string | undefined;
  for (const one of watched) {
    one.onChange(() => {
      const problem = one.problem();
      if (problem !== undefined && problem !== said) log.warn({ problem }, 'the registration is not watched');
      said = problem;
    });
  }
  const unseen = () => watched.find((one) => !one.synced());
  const notReady = (pair: ServingPair) => {
    const waiting = unseen();
    if (waiting !== undefined) return `the registration is not known yet${said === undefined ? '' : `: ${said}`}`;
    const configurations = watched.flatMap((one) => [...one.items().values()]);
    return bundlesProblem(configurations, pair.cert.toString(), now());
  };
  return {
    notReady,
    synced: (pair) => pair !== undefined && notReady(pair) === undefined,
    stop() {
      for (const one of watched) one.stop();
    },
  };
}
