import type { KubeProblem } from '../kube/kube.ts';
import { backOff, halfJitter } from '../timing/back-off.ts';
import { authoritiesKey } from './plan/observation.ts';
import type { Step, View } from './plan/rotation-plan.ts';
import { afterWrite, conflictsWithOtherWriter, type RecentWrites, writeDelay } from './write-pace.ts';

/** When one replica may do a step. Moments are milliseconds since the epoch. */
export interface RetryPolicy {
  readonly allowedAt: (step: Step, view: View) => number;
  /** The step failed; returns when to try again. */
  readonly failed: (doing: string, problem: KubeProblem) => number;
  /** The step was done; returns when to look again, unless a watch reports something before. */
  readonly done: (step: Step, view: View) => number;
  /** The watches lag behind the API server; returns when to look again. */
  readonly stale: () => number;
  /** No step is left; returns when to look whether a conflict with another writer is over, where there is one. */
  readonly idle: () => number | undefined;
  /** One sentence on the last failure or on a conflict; undefined where there is none. */
  readonly problem: () => string | undefined;
}

/**
 * Milliseconds within which the replicas issue, each at a moment of its own: issuing is due for all of them at once,
 * and most of them then find it done.
 */
const spread = { serving: 10_000, notServing: 250 };
const retry = { first: 1000, most: 60_000, conflict: 200 };
/** After this many conflicts in a row the writer is foreign: two replicas do not collide that often. */
const mostConflicts = 5;

export function createRetryPolicy(now: () => number, random: () => number): RetryPolicy {
  const writes = new Map<string, RecentWrites>();
  let turn: { readonly key: string; readonly at: number } | undefined;
  let failures = 0;
  let notBefore = 0;
  let problem: string | undefined;
  const hasConflict = () => [...writes.values()].some((one) => conflictsWithOtherWriter(one, now()));
  const retryAfter = (first: number) => {
    failures += 1;
    notBefore = now() + halfJitter(backOff({ first, most: retry.most }, failures), random());
    return notBefore;
  };
  const reset = () => {
    failures = 0;
    notBefore = 0;
    turn = undefined;
  };

  return {
    allowedAt: (step, view) => {
      const time = now();
      const key = stepKey(step);
      if (turn?.key !== key) turn = { key, at: time + random() * spreadOf(step, view) };
      const delays = writeKeys(step, view).map((one) => writeDelay(writes.get(one), time));
      return Math.max(turn.at, notBefore, time + Math.max(0, ...delays));
    },
    failed: (doing, { code, message }) => {
      const isConflict = code === 'conflict' || code === 'not_found';
      if (!isConflict || failures >= mostConflicts) problem = `${doing}: ${message}`;
      return retryAfter(isConflict ? retry.conflict : retry.first);
    },
    done: (step, view) => {
      reset();
      for (const key of writeKeys(step, view)) writes.set(key, afterWrite(writes.get(key), now()));
      problem = hasConflict() ? conflictText(step, view) : undefined;
      return now() + retry.first;
    },
    stale: () => retryAfter(retry.first),
    idle: () => {
      reset();
      if (hasConflict()) return now() + retry.most;
      problem = undefined;
      return undefined;
    },
    problem: () => problem,
  };
}

/** Two steps of one key are the same step. */
export function stepKey(step: Step): string {
  return step.step === 'write-secret' ? step.change.what : step.step;
}

function spreadOf(step: Step, { secret, settings }: View): number {
  if (step.step !== 'write-secret') return 0;
  return secret?.state.serving === undefined ? spread.notServing : Math.min(spread.serving, settings.overlap / 10);
}

/** The counters of a step's writes: one for the Secret, and one for each configuration and pair of authorities. */
function writeKeys(step: Step, { secret }: View): readonly string[] {
  if (step.step === 'wait') return [];
  if (step.step !== 'write-bundles') return ['Secret'];
  const key = secret === undefined ? '' : authoritiesKey(secret.state);
  return step.writes.map(({ configuration }) => `${configuration.kind}|${key}`);
}

function conflictText(step: Step, { configurations }: View): string {
  if (step.step !== 'write-bundles')
    return 'somebody else changes the Secret again and again: it is written less often';
  const writers = [...new Set(configurations.flatMap((one) => one.writers))];
  const who = writers.length === 0 ? 'somebody else' : writers.join(', ');
  return `${who} changes caBundle again and again: it is written less often`;
}
