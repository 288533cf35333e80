import type { Kube } from '../kube/kube.ts';
import type { ResourceWatch } from '../kube/watch/resource-watch.ts';
import { watchResource } from '../kube/watch/watch-resource.ts';
import { bundlesProblem, type Configuration, type ConfigurationKind } from './plan/ca-bundle.ts';
import { configurationPaths, readConfiguration } from './store/configuration.ts';

export interface BundlesDependencies {
  readonly kube: Kube;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** The API server's time, by which it takes a certificate or not; this machine's where nothing is said. */
  readonly serverNow?: () => number;
  /** Gets what was thrown while the copies were kept. */
  readonly failed: (error: unknown) => void;
}

/** The caBundle that is live on every entry of the webhook's configurations. */
export interface Bundles {
  /** The name of both configurations. */
  readonly configuration: string;
  /** Those that exist, the mutating one first. */
  readonly configurations: () => readonly Configuration[];
  /** Whether they were read once. */
  readonly known: () => boolean;
  /**
   * Why an API server would not take `chain` (PEM), in one sentence; undefined where every entry verifies it. While the
   * API server is out of reach, what was last seen counts.
   */
  readonly notSynced: (chain: string | undefined) => string | undefined;
  /** Why they cannot be kept up to date right now. */
  readonly problem: () => string | undefined;
  /** When the API server last confirmed them; milliseconds since the epoch. */
  readonly confirmed: () => number | undefined;
  /** Gives back how to end that. */
  readonly onChange: (listener: () => void) => () => void;
  /** Resolves once both were read, or at the end. */
  readonly whenKnown: Promise<void>;
  stop(): void;
}

/**
 * Watches the MutatingWebhookConfiguration and the ValidatingWebhookConfiguration of that name; the second need not
 * exist.
 */
export function watchBundles(configuration: string, { kube, serverNow, ...deps }: BundlesDependencies): Bundles {
  const watch = (kind: ConfigurationKind): ResourceWatch<Configuration> => {
    const query = { fieldSelector: `metadata.name=${configuration}` };
    const keep = (object: Parameters<typeof readConfiguration>[1]) => readConfiguration(kind, object);
    return watchResource(kube, { path: configurationPaths[kind], query, keep }, deps);
  };
  const watches = [watch('MutatingWebhookConfiguration'), watch('ValidatingWebhookConfiguration')];
  const configurations = () => watches.flatMap((one) => [...one.items().values()]);
  const known = () => watches.every((one) => one.synced());
  const problem = () => watches.map((one) => one.problem()).find((one) => one !== undefined);
  return {
    configuration,
    configurations,
    known,
    problem,
    notSynced: (chain) => {
      if (known())
        return (
          notRegistered(configuration, configurations()) ??
          bundlesProblem(configurations(), chain, (serverNow ?? deps.now)())
        );
      return `the webhook configurations ${configuration} are not known yet${problem() === undefined ? '' : `: ${problem()}`}`;
    },
    confirmed: () => {
      const times = watches.map((one) => one.confirmed());
      return times.reduce((a, b) => (a === undefined || b === undefined ? undefined : Math.min(a, b)));
    },
    onChange: (listener) => {
      const ends = watches.map((one) => one.onChange(listener));
      return () => {
        for (const end of ends) end();
      };
    },
    whenKnown: Promise.all(watches.map((one) => one.whenSynced)).then(() => {}),
    stop: () => {
      for (const one of watches) one.stop();
    },
  };
}

/** Without the mutating one no pod is told to the webhook, however well the other one is kept. */
function notRegistered(name: string, found: readonly Configuration[]): string | undefined {
  if (found.some(({ kind }) => kind === 'MutatingWebhookConfiguration')) return undefined;
  return `there is no MutatingWebhookConfiguration ${name}: pods are created without the webhook being asked`;
}
