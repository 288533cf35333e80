import type { Kube } from '../kube/kube.ts';
import { watchResource } from '../kube/watch/watch-resource.ts';
import { type Logger, withFields } from '../runtime/logger.ts';
import { createRecurring } from '../timing/recurring.ts';
import type { KeyPair } from './pem/key-pair.ts';
import { type PerformContext, performStep, type Rotation } from './perform.ts';
import type { AuthoritySettings } from './plan/certificate-state.ts';
import { expiresAt } from './plan/renewal-times.ts';
import { nextStep } from './plan/rotation-plan.ts';
import { newReplica, nextReplica } from './replica.ts';
import { createRetryPolicy } from './retry-policy.ts';
import { createStore, readSecretObject, type StoredSecret, secretsPath } from './store/authority-store.ts';
import type { CaBundles } from './watch-bundles.ts';

export interface AuthorityDependencies {
  readonly kube: Kube;
  /** The caBundles that the authority writes; the caller stops them. */
  readonly bundles: CaBundles;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  /** Why the clock of this replica is wrong; the replica issues no certificate then. */
  readonly clockProblem?: () => string | undefined;
  /** Gets the exceptions of a run; the next one comes after a rest. */
  readonly failed: (error: unknown) => void;
}

/** One replica's part in the webhook's own authority. */
export interface Authority {
  /** The certificate to serve; undefined until the Secret was read for the first time. */
  readonly pair: () => KeyPair | undefined;
  /** Calls `listener` with each new certificate; the result ends that. */
  readonly onPair: (listener: (pair: KeyPair) => void) => () => void;
  /** Calls `listener` when this replica has issued an authority that signs from now on, or a serving certificate. */
  readonly onRotation: (listener: (what: Rotation) => void) => () => void;
  /** The present problem, in one sentence. */
  readonly problem: () => string | undefined;
  /** When the authority that signs expires; milliseconds since the epoch. */
  readonly authorityExpires: () => number | undefined;
  stop(): void;
}

/**
 * Takes part in keeping the authority: watches the Secret and the configurations, does the next step of the plan
 * (`rotation-plan.ts`) whenever something changes or is due, and chooses the certificate to serve. It has no
 * certificate before it has read the Secret; while the API server is out of reach, the last one stays.
 *
 * @param secret `namespace/name`.
 */
export function startAuthority(
  settings: AuthoritySettings & { readonly secret: string },
  deps: AuthorityDependencies,
): Authority {
  const { kube, bundles, now, random, log, failed, clockProblem = () => undefined } = deps;
  const [namespace, name] = settings.secret.split('/') as [string, string];
  const watch = watchResource<StoredSecret>(
    kube,
    { path: secretsPath(namespace), query: { fieldSelector: `metadata.name=${name}` }, keep: readSecretObject },
    { now, random, failed },
  );
  const listeners = { pair: new Set<(pair: KeyPair) => void>(), rotation: new Set<(what: Rotation) => void>() };
  let replica = newReplica;
  let logged: string | undefined;

  const stored = () => [...watch.items().values()][0];
  const retries = createRetryPolicy(now, random);
  const presentProblem = () => clockProblem() ?? retries.problem() ?? stored()?.damage[0];
  const context: PerformContext = {
    store: createStore(kube, { namespace, name }, bundles.configuration),
    retries,
    view: () => ({ ...replica, secret: stored(), configurations: bundles.configurations(), settings, now: now() }),
    now,
    log: withFields(log, { secret: settings.secret }),
    issued: (what) => callAll(listeners.rotation, what),
  };
  const updateReplica = () => {
    const { current } = replica;
    const { overlap } = settings;
    replica = nextReplica(replica, {
      state: stored()?.state,
      configurations: bundles.configurations(),
      overlap,
      now: now(),
    });
    if (replica.current !== undefined && replica.current.cert !== current?.cert)
      callAll(listeners.pair, replica.current);
  };
  const logProblem = () => {
    const problem = presentProblem();
    if (problem !== undefined && problem !== logged) context.log.warn('the authority needs help', { problem });
    logged = problem;
  };
  const run = async () => {
    if (!watch.synced() || !bundles.synced()) return undefined;
    updateReplica();
    logProblem();
    // A replica with a wrong clock serves the certificate of another one and issues none: every caller would refuse its
    // dates.
    if (clockProblem() !== undefined) return now() + clockIntervalMs;
    const step = nextStep(context.view());
    const times = step.step === 'wait' ? [step.until, retries.idle()] : [await performStep(step, context)];
    logProblem();
    // The certificate of the Secret is not served yet, so the choice is made again.
    if (replica.current?.cert !== stored()?.state.serving?.cert) times.push(now() + settings.overlap / 8);
    return soonest(times, now() + shortest);
  };
  const runs = createRecurring(run, { now, random, failed });
  const wake = () => runs.wake();
  const ends = [watch.onChange(wake), bundles.onChange(wake)];
  wake();

  return {
    pair: () => replica.current,
    onPair: (listener) => listening(listeners.pair, listener),
    onRotation: (listener) => listening(listeners.rotation, listener),
    problem: () => presentProblem() ?? watch.problem() ?? bundles.problem(),
    authorityExpires: () => {
      const cert = stored()?.state.authority?.cert;
      return cert === undefined ? undefined : expiresAt(cert);
    },
    stop: () => {
      runs.stop();
      for (const end of ends) end();
      watch.stop();
    },
  };
}

/** Milliseconds until a wrong clock is checked again. */
const clockIntervalMs = 10_000;
/** The least milliseconds between two runs, unless a change causes one. */
const shortest = 20;

/** The earliest of the moments, but `earliest` where that is later; undefined for an empty list. */
function soonest(moments: readonly (number | undefined)[], earliest: number): number | undefined {
  const times = moments.filter((one) => one !== undefined);
  return times.length === 0 ? undefined : Math.max(earliest, Math.min(...times));
}

function callAll<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
  for (const listener of [...listeners]) listener(value);
}

function listening<T>(listeners: Set<(value: T) => void>, listener: (value: T) => void): () => void {
  const own = (value: T) => listener(value);
  listeners.add(own);
  return () => {
    listeners.delete(own);
  };
}
