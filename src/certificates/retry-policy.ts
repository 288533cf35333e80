import type { KubeProblem } from '../kube/kube.ts';
import { authoritiesKey } from './plan/observation.ts';
import type { Step, View } from './plan/rotation-plan.ts';
import { type Pace, paceDelay, paced, quarrels } from './write-pace.ts';

/** When one replica may do a step. Moments are milliseconds since the epoch. */
export interface Patience {
  readonly allowedAt: (step: Step, view: View) => number;
  /** The step failed; gives when to try again. */
  readonly failed: (what: string, problem: KubeProblem) => number;
  /** The step was done; gives when to look again, where no watch says something before. */
  readonly done: (step: Step, view: View) => number;
  /** What the watches say is not what the API server says; gives when to look again. */
  readonly behind: () => number;
  /** Nothing is left to do; gives when to look whether a quarrel is over, where there is one. */
  readonly rested: () => number | undefined;
  /** Why things are not as they should be, in one sentence. */
  readonly problem: () => string | undefined;
}

/** What has to be issued is due for all replicas at once: they take their time, so that most of them find it done. */
const spread = { serving: 10_000, notServing: 250 };
const retry = { first: 1000, most: 60_000, conflict: 200 };
/** More often in a row, it is not another replica that was first. */
const conflicts = 5;

export function createPatience(now: () => number, random: () => number): Patience {
  const paces = new Map<string, Pace>();
  let turn: { readonly key: string; readonly at: number } | undefined;
  let failures = 0;
  let notBefore = 0;
  let problem: string | undefined;
  const quarrel = () => [...paces.values()].some((one) => quarrels(one, now()));
  const later = (first: number) => {
    failures += 1;
    notBefore = now() + Math.min(retry.most, first * 2 ** (failures - 1)) * (0.5 + random() / 2);
    return notBefore;
  };
  const calm = () => {
    failures = 0;
    notBefore = 0;
    turn = undefined;
  };

  return {
    allowedAt: (step, view) => {
      const time = now();
      const key = stepKey(step);
      if (turn?.key !== key) turn = { key, at: time + random() * spreadOf(step, view) };
      const delays = paceKeys(step, view).map((one) => paceDelay(paces.get(one), time));
      return Math.max(turn.at, notBefore, time + Math.max(0, ...delays));
    },
    failed: (what, { code, message }) => {
      const late = code === 'conflict' || code === 'not_found';
      if (!late || failures >= conflicts) problem = `${what}: ${message}`;
      return later(late ? retry.conflict : retry.first);
    },
    done: (step, view) => {
      calm();
      for (const key of paceKeys(step, view)) paces.set(key, paced(paces.get(key), now()));
      problem = quarrel() ? quarrelText(step, view) : undefined;
      return now() + retry.first;
    },
    behind: () => later(retry.first),
    rested: () => {
      calm();
      if (quarrel()) return now() + retry.most;
      problem = undefined;
      return undefined;
    },
    problem: () => problem,
  };
}

/** What makes two steps the same. */
export function stepKey(step: Step): string {
  return step.step === 'write-secret' ? step.change.what : step.step;
}

function spreadOf(step: Step, { secret, settings }: View): number {
  if (step.step !== 'write-secret') return 0;
  return secret?.state.serving === undefined ? spread.notServing : Math.min(spread.serving, settings.overlap / 10);
}

/** What counts together: writes of the Secret, and writes of one configuration for the same authorities. */
function paceKeys(step: Step, { secret }: View): readonly string[] {
  if (step.step === 'wait') return [];
  if (step.step !== 'write-bundles') return ['Secret'];
  const key = secret === undefined ? '' : authoritiesKey(secret.state);
  return step.writes.map(({ configuration }) => `${configuration.kind}|${key}`);
}

function quarrelText(step: Step, { configurations }: View): string {
  if (step.step !== 'write-bundles')
    return 'somebody else changes the Secret again and again: it is written less often';
  const writers = [...new Set(configurations.flatMap((one) => one.writers))];
  const who = writers.length === 0 ? 'somebody else' : writers.join(', ');
  return `${who} changes caBundle again and again: it is written less often`;
}
