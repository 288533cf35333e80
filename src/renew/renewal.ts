import type { Kube, KubeProblem } from '../kube/kube.ts';
import { retryDelay } from '../kube/watch/retry-delay.ts';
import type { Result } from '../result/result.ts';
import { type Expected, inspect } from './cluster/inspect.ts';
import { restart } from './cluster/restart.ts';
import type { WatchedWorkloads } from './cluster/watch-workloads.ts';
import { advance, type Limits, type Run, type Step } from './plan/advance.ts';
import { inspected, restarted, restarting } from './plan/outcomes.ts';
import type { Phase } from './plan/phase.ts';
import { withUnfinished } from './plan/unfinished.ts';
import type { View } from './plan/view.ts';
import type { Workload } from './workload/workload.ts';

/** The listener of a run. */
export interface Progress {
  /** A workload came into another phase. */
  readonly moved: (key: string, phase: Phase, workload: Workload | undefined) => void;
  readonly standing: (step: Step) => void;
  /** A request failed, or the copy of the cluster is not up to date; the run goes on when the API server answers. */
  readonly trouble: (problem: string) => void;
}

export interface RenewalDeps {
  readonly kube: Kube;
  readonly watched: WatchedWorkloads;
  readonly expected: Expected;
  readonly limits: Limits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** How a run ended, and the phase of each workload at its end. */
export interface Ended {
  readonly how: 'done' | 'interrupted' | 'unreachable';
  readonly phases: ReadonlyMap<string, Phase>;
  /** Why the API server cannot be reached. */
  readonly problem?: string;
}

/** Milliseconds until the clock is looked at where nothing changes. */
const tickMs = 500;

/** Renews workloads until all are in a final phase. */
export async function runRenewal(before: Run, deps: RenewalDeps): Promise<Ended> {
  const { watched, limits, now, signal, progress } = deps;
  let run = before;
  const clock = createClock(now);
  const pace = createPace(deps);
  const report = (next: Run, view: View) => {
    for (const [key, phase] of next.phases) {
      if (run.phases.get(key)?.name !== phase.name) progress.moved(key, phase, view.workloads.get(key));
    }
    run = next;
  };
  let isFirst = true;
  for (;;) {
    if (signal.aborted) return { how: 'interrupted', phases: run.phases };
    const view = watched.view();
    const problem = watched.problem() ?? pace.problem();
    clock.tick(view !== undefined && problem === undefined);
    if (problem !== undefined && clock.blind() >= limits.timeout) {
      return { how: 'unreachable', phases: run.phases, problem };
    }
    if (problem !== undefined && pace.isFirst(problem)) progress.trouble(problem);
    if (view !== undefined && watched.problem() === undefined) {
      if (isFirst) run = withUnfinished(run, view, clock.now());
      isFirst = false;
      const step = advance(run, view, clock.now(), limits);
      report(step.run, view);
      progress.standing(step);
      if (step.ended) return { how: 'done', phases: run.phases };
      if (pace.isOpen() && (await perform(step, view))) continue;
      if (step.restart.length + step.inspect.length === 0) pace.reset();
    }
    await watched.change(tickMs, signal);
  }

  /** Carries out a step; returns whether anything came of it. */
  async function perform(step: Step, view: View): Promise<boolean> {
    for (const key of step.restart) {
      if (signal.aborted) return true;
      const workload = view.workloads.get(key)!;
      const asked = run.phases.get(key)!;
      const request =
        asked.name === 'restarting' ? asked : { at: stamp(now()), resourceVersion: workload.resourceVersion };
      report(restarting(run, key, request.at, request.resourceVersion), view);
      const answer = await unlessAborted(restart(deps.kube, workload, request.resourceVersion, request.at), signal);
      if (answer === undefined || !pace.passes(answer)) return false;
      report(restarted(run, key, answer.value, clock.now()), view);
    }
    for (const key of step.inspect) {
      const workload = view.workloads.get(key)!;
      const answer = await unlessAborted(inspect(deps.kube, workload, deps.expected), signal);
      if (answer === undefined || !pace.passes(answer)) return false;
      report(inspected(run, key, answer.value, workload.generation), view);
    }
    return step.restart.length + step.inspect.length > 0;
  }
}

/** RFC 3339, as `kubectl rollout restart` writes it. */
function stamp(now: number): string {
  return new Date(now).toISOString();
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = new AbortController();
  const whenAborted = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { signal: aborted.signal });
    if (signal.aborted) resolve(undefined);
  });
  try {
    return await Promise.race([work, whenAborted]);
  } finally {
    aborted.abort();
  }
}

/** A clock that stands still while the cluster cannot be seen: a rollout is not late because nobody looked. */
function createClock(now: () => number) {
  let last = now();
  let seen = 0;
  let blind = 0;
  return {
    tick: (isSeen: boolean) => {
      const passed = Math.max(0, now() - last);
      last = now();
      if (isSeen) seen += passed;
      blind = isSeen ? 0 : blind + passed;
    },
    /** Milliseconds in which the cluster was seen. */
    now: () => seen,
    /** Milliseconds since it was seen last. */
    blind: () => blind,
  };
}

/** The pauses after requests that failed. */
function createPace({ now, random }: Pick<RenewalDeps, 'now' | 'random'>) {
  let failures = 0;
  let until = 0;
  let problem: string | undefined;
  let told: string | undefined;
  return {
    isOpen: () => now() >= until,
    /** Nothing is left that could be repeated. */
    reset: () => {
      [failures, problem] = [0, undefined];
    },
    problem: () => problem,
    /** Whether a problem was not told yet. */
    isFirst: (text: string) => {
      const isNew = text !== told;
      told = text;
      return isNew;
    },
    passes: <T>(answer: Result<T, KubeProblem>): answer is { readonly ok: true; readonly value: T } => {
      if (answer.ok) {
        [failures, problem] = [0, undefined];
        return true;
      }
      failures += 1;
      problem = answer.problem.message;
      until = now() + retryDelay(answer.problem, failures, random());
      return false;
    },
  };
}
