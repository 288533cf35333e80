import type { Kube } from '../kube/kube.ts';
import { watchResource } from '../kube/watch/watch-resource.ts';
import { type Logger, withFields } from '../runtime/logger.ts';
import { createRecurring } from '../timing/recurring.ts';
import type { Pair } from './issue/issue.ts';
import { type PerformContext, performStep, type Rotation } from './perform.ts';
import type { AuthoritySettings } from './plan/certificate-state.ts';
import { expiresAt } from './plan/renewal-times.ts';
import { plan } from './plan/rotation-plan.ts';
import { look, newReplica } from './replica.ts';
import { createRetryPolicy } from './retry-policy.ts';
import { createStore, readSecretObject, type StoredSecret, secretsPath } from './store/authority-store.ts';
import type { Bundles } from './watch-bundles.ts';

export interface AuthorityDependencies {
  readonly kube: Kube;
  /** Of the configurations whose caBundle is kept; they are not stopped with the authority. */
  readonly bundles: Bundles;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  /** Why the clock of this replica is wrong: nothing is issued by it then. */
  readonly clockProblem?: () => string | undefined;
  /** Gets what a turn threw; the next one comes after a rest. */
  readonly failed: (error: unknown) => void;
}

/** The webhook's own authority, as one replica of several takes part in it. */
export interface Authority {
  /** What to serve; undefined until the Secret was read for the first time. */
  readonly pair: () => Pair | undefined;
  /** Calls whenever there is another pair; gives back how to end that. */
  readonly onPair: (listener: (pair: Pair) => void) => () => void;
  /** Calls for what this replica issued: an authority that signs from now on, a serving certificate. */
  readonly onRotation: (listener: (what: Rotation) => void) => () => void;
  /** What is wrong right now, in one sentence. */
  readonly problem: () => string | undefined;
  /** When the authority that signs expires; milliseconds since the epoch. */
  readonly authorityExpires: () => number | undefined;
  stop(): void;
}

/**
 * Takes part in keeping the authority: watches the Secret and the configurations, does the next step of the plan
 * (`plan.ts`) whenever something changes or is due, and says what to serve. Nothing is served before the Secret was read;
 * when the API server is lost, the last pair stays.
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
  const listeners = { pair: new Set<(pair: Pair) => void>(), rotation: new Set<(what: Rotation) => void>() };
  let replica = newReplica;
  let told: string | undefined;

  const stored = () => [...watch.items().values()][0];
  const retries = createRetryPolicy(now, random);
  const wrong = () => clockProblem() ?? retries.problem() ?? stored()?.damage[0];
  const context: PerformContext = {
    store: createStore(kube, { namespace, name }, bundles.configuration),
    retries,
    view: () => ({ ...replica, secret: stored(), configurations: bundles.configurations(), settings, now: now() }),
    now,
    log: withFields(log, { secret: settings.secret }),
    issued: (what) => tellAll(listeners.rotation, what),
  };
  const lookAround = () => {
    const { current } = replica;
    const { overlap } = settings;
    replica = look(replica, { state: stored()?.state, configurations: bundles.configurations(), overlap, now: now() });
    if (replica.current !== undefined && replica.current.cert !== current?.cert)
      tellAll(listeners.pair, replica.current);
  };
  const complain = () => {
    const problem = wrong();
    if (problem !== undefined && problem !== told) context.log.warn('the authority needs help', { problem });
    told = problem;
  };
  const turn = async () => {
    if (!watch.synced() || !bundles.known()) return undefined;
    lookAround();
    complain();
    // A replica with a wrong clock serves the certificate of another one and issues none: no caller would take its
    // dates.
    if (clockProblem() !== undefined) return now() + clockPatience;
    const step = plan(context.view());
    const times = step.step === 'wait' ? [step.until, retries.idle()] : [await performStep(step, context)];
    complain();
    // The pair of the Secret is not served yet: `look` is asked again.
    if (replica.current?.cert !== stored()?.state.serving?.cert) times.push(now() + settings.overlap / 8);
    return soonest(times, now() + shortest);
  };
  const turns = createRecurring(turn, { now, random, failed });
  const wake = () => turns.wake();
  const ends = [watch.onChange(wake), bundles.onChange(wake)];
  wake();

  return {
    pair: () => replica.current,
    onPair: (listener) => listening(listeners.pair, listener),
    onRotation: (listener) => listening(listeners.rotation, listener),
    problem: () => wrong() ?? watch.problem() ?? bundles.problem(),
    authorityExpires: () => {
      const cert = stored()?.state.authority?.cert;
      return cert === undefined ? undefined : expiresAt(cert);
    },
    stop: () => {
      turns.stop();
      for (const end of ends) end();
      watch.stop();
    },
  };
}

/** Milliseconds until a clock that was wrong is looked at again. */
const clockPatience = 10_000;
/** Milliseconds between two turns that nothing woke. */
const shortest = 20;

/** The earliest of the moments, but `earliest` where that is later; undefined for an empty list. */
function soonest(moments: readonly (number | undefined)[], earliest: number): number | undefined {
  const known = moments.filter((one) => one !== undefined);
  return known.length === 0 ? undefined : Math.max(earliest, Math.min(...known));
}

function tellAll<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
  for (const listener of [...listeners]) listener(value);
}

function listening<T>(listeners: Set<(value: T) => void>, listener: (value: T) => void): () => void {
  const own = (value: T) => listener(value);
  listeners.add(own);
  return () => {
    listeners.delete(own);
  };
}
