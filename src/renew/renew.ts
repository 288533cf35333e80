import type { Context } from '../check/finding/check.ts';
import type { RenewSettings } from '../contract/cluster-commands.ts';
import { asksForSidecar } from '../inject/request/asks.ts';
import type { Result } from '../result/result.ts';
import { checkRights } from './cluster/rights.ts';
import { type Survey, survey, type Target } from './cluster/targets.ts';
import { type WatchedWorkloads, watchWorkloads } from './cluster/watch-workloads.ts';
import { advance, type Limits, type Run, type Step } from './plan/advance.ts';
import type { Phase } from './plan/phase.ts';
import { withUnfinished } from './plan/unfinished.ts';
import type { View } from './plan/view.ts';
import { type Ended, type Progress, runRenewal } from './renewal.ts';
import { keyOf, type Workload } from './workload/workload.ts';

export interface RenewOptions extends Pick<RenewSettings, 'maxUnavailable' | 'timeout' | 'keepGoing' | 'dryRun'> {
  readonly namespace: string | undefined;
  readonly missed: boolean;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Gets the exceptions of background work. */
  readonly failed: (error: unknown) => void;
  /** Called when the pods were read, before anything is restarted. */
  readonly surveyed: (survey: Survey) => Progress;
}

/** A run that has ended, or the plan of one. */
export interface Renewal {
  readonly survey: Survey;
  readonly ended: Ended;
  /** Of a dry run. */
  readonly plan?: { readonly step: Step; readonly view: View };
}

/** A problem before anything was restarted: of the cluster's state, or of the way to it. */
export interface NotBegun {
  readonly isUnreachable: boolean;
  readonly problems: readonly string[];
}

/** Milliseconds that workloads may stay blocked while nothing is under way and nothing changes. */
const patienceMs = 60_000;

/** Renews the sidecars of a namespace, or of all: restarts the workloads that own outdated pods, within a budget. */
export async function renew(context: Context, options: RenewOptions): Promise<Result<Renewal, NotBegun>> {
  const { namespace, missed, dryRun, timeout } = options;
  const rights = await checkRights(context.kube, namespace, dryRun);
  if (!rights.ok) return notBegun(rights.problem);
  const found = await survey(context, { namespace, missed });
  if (!found.ok) return notBegun([found.problem.message, ...found.problem.details]);
  const progress = options.surveyed(found.value);
  const run = firstRun(found.value.targets);
  const limits: Limits = {
    budget: options.maxUnavailable,
    timeout,
    patience: Math.min(patienceMs, timeout),
    keepGoing: options.keepGoing,
  };
  const watched = watchWorkloads(context.kube, namespace, counts(found.value), { ...options, now: context.now });
  try {
    if (dryRun) return await planned(found.value, run, watched, limits, { ...options, now: context.now });
    const { kube, now } = context;
    const { random, signal } = options;
    const expected = { fresh: found.value.fresh, namespaces: found.value.namespaces };
    const ended = await runRenewal(run, { kube, watched, expected, limits, now, random, signal, progress });
    return { ok: true, value: { survey: found.value, ended } };
  } finally {
    watched.stop();
  }
}

function notBegun(problems: readonly string[], isUnreachable = false): Result<Renewal, NotBegun> {
  return { ok: false, problem: { isUnreachable, problems } };
}

function firstRun(targets: readonly Target[]): Run {
  const phaseOf = ({ unfit }: Target): Phase =>
    unfit === undefined ? { name: 'waiting' } : { name: 'left', why: unfit };
  return { phases: new Map(targets.map((target) => [target.key, phaseOf(target)])) };
}

function done({ phases }: Run): Ended {
  return { how: 'done', phases };
}

/**
 * A workload counts where its pods are injected, are to be, or would be: the last finds those whose pods are all gone
 * for the moment.
 */
function counts({ targets, owners, namespaces }: Survey): (workload: Workload) => boolean {
  const keys = new Set(targets.map(({ key }) => key));
  return (workload) => {
    const key = keyOf(workload);
    if (keys.has(key) || owners.has(key)) return true;
    return asksForSidecar(workload.asks, namespaces.get(workload.namespace) ?? {});
  };
}

/** The first step of a run, which is not carried out. */
async function planned(
  found: Survey,
  run: Run,
  watched: WatchedWorkloads,
  limits: Limits,
  { now, signal }: { readonly now: () => number; readonly signal: AbortSignal },
): Promise<Result<Renewal, NotBegun>> {
  const end = now() + limits.timeout;
  for (;;) {
    const view = watched.view();
    if (view !== undefined) {
      const step = advance(withUnfinished(run, view, 0), view, 0, limits);
      return { ok: true, value: { survey: found, ended: done(step.run), plan: { step, view } } };
    }
    const problem = watched.problem();
    if (problem !== undefined && now() >= end) return notBegun([problem], true);
    if (signal.aborted)
      return { ok: true, value: { survey: found, ended: { how: 'interrupted', phases: run.phases } } };
    await watched.change(1000, signal);
  }
}
