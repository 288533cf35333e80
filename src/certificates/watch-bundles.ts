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
  /** The API server's time, which decides whether it accepts a certificate; this machine's by default. */
  readonly serverNow?: () => number;
  /** Gets the exceptions of the code that keeps the copies. */
  readonly failed: (error: unknown) => void;
}

/** The present caBundle of every entry of the webhook's configurations. */
export interface CaBundles {
  /** The name of both configurations. */
  readonly configuration: string;
  /** The configurations that exist, the mutating one first. */
  readonly configurations: () => readonly Configuration[];
  /** Whether both were read once. */
  readonly synced: () => boolean;
  /**
   * Why an API server would refuse `chain` (PEM), in one sentence; undefined where every entry verifies it. While the
   * API server is out of reach, the last copy counts.
   */
  readonly notSynced: (chain: string | undefined) => string | undefined;
  /** Why the copies cannot be kept up to date right now. */
  readonly problem: () => string | undefined;
  /** When the API server last confirmed both copies; milliseconds since the epoch. */
  readonly confirmed: () => number | undefined;
  /** Calls `listener` after each change; the result ends that. */
  readonly onChange: (listener: () => void) => () => void;
  /** Resolves once both were read, or when the watch is stopped. */
  readonly whenSynced: Promise<void>;
  stop(): void;
}

/**
 * Watches the MutatingWebhookConfiguration and the ValidatingWebhookConfiguration of that name; the second need not
 * exist.
 */
export function watchBundles(configuration: string, { kube, serverNow, ...deps }: BundlesDependencies): CaBundles {
  const watch = (kind: ConfigurationKind): ResourceWatch<Configuration> => {
    const query = { fieldSelector: `metadata.name=${configuration}` };
    const keep = (object: Parameters<typeof readConfiguration>[1]) => readConfiguration(kind, object);
    return watchResource(kube, { path: configurationPaths[kind], query, keep }, deps);
  };
  const watches = [watch('MutatingWebhookConfiguration'), watch('ValidatingWebhookConfiguration')];
  const configurations = () => watches.flatMap((one) => [...one.items().values()]);
  const synced = () => watches.every((one) => one.synced());
  const problem = () => watches.map((one) => one.problem()).find((one) => one !== undefined);
  return {
    configuration,
    configurations,
    synced,
    problem,
    notSynced: (chain) => {
      if (synced())
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
    whenSynced: Promise.all(watches.map((one) => one.whenSynced)).then(() => {}),
    stop: () => {
      for (const one of watches) one.stop();
    },
  };
}

/** Without the mutating configuration the webhook gets no pod, whatever the other one holds. */
function notRegistered(name: string, configurations: readonly Configuration[]): string | undefined {
  if (configurations.some(({ kind }) => kind === 'MutatingWebhookConfiguration')) return undefined;
  return `there is no MutatingWebhookConfiguration ${name}: pods are created without the webhook being asked`;
}
