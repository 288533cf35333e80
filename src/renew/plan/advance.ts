import type { PodBudget } from '../../contract/cluster-commands.ts';
import { counted } from '../../text/counted.ts';
import type { Workload } from '../workload/workload.ts';
import { costOf, sizeOf, usageOf } from './budget.ts';
import { type Observed, observe } from './observe.ts';
import { isFinal, type Phase } from './phase.ts';
import { guardOf, type View } from './view.ts';

/** The state of a run; a new one begins with the cluster's own state, so nothing is stored between runs. */
export interface Run {
  /** In the order of the restarts. */
  readonly phases: ReadonlyMap<string, Phase>;
  /** Since when nothing is under way and nothing can be restarted. */
  readonly stall?: { readonly began: number; readonly changed: number; readonly signature: string };
}

export interface Limits {
  /** Undefined: one workload at a time. */
  readonly budget: PodBudget | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds that workloads may stay blocked, while nothing changes, before they are left. */
  readonly patience: number;
  readonly keepGoing: boolean;
}

/** The next step of a run. */
export interface Step {
  readonly run: Run;
  /** Workloads to restart, or whose restart was asked for and has to be asked for again. */
  readonly restart: readonly string[];
  /** Workloads whose pods have to be read. */
  readonly inspect: readonly string[];
  /** Why a workload that waits cannot be restarted now, whatever the budget is. */
  readonly blocked: ReadonlyMap<string, string>;
  /** Workloads that wait for their turn. */
  readonly queued: readonly string[];
  readonly inProgress: number;
  /** The pods that are unavailable, or may become so. */
  readonly usage: number;
  readonly size: number | undefined;
  readonly ended: boolean;
}

/** Looks at the cluster and decides. Pure: the same state at the same time gives the same step. */
export function advance(before: Run, view: View, now: number, limits: Limits): Step {
  const seen = new Map<string, Observed>();
  for (const [key, phase] of before.phases) {
    seen.set(key, observe(phase, view.workloads.get(key), { now, timeout: limits.timeout }));
  }
  const phases = new Map([...seen].map(([key, { phase }]) => [key, phase] as const));
  const size = limits.budget === undefined ? undefined : sizeOf(limits.budget, view.workloads.values());
  const failed = [...phases].find(([, phase]) => phase.name === 'failed' && (phase.fatal || !limits.keepGoing));
  if (failed !== undefined) return stopped(phases, view, size, `not begun, since ${failed[0]} failed`);
  const usage = usageIn(view, phases);
  const inProgress = [...seen].filter(([, { next }]) => isUnderWay(next)).map(([key]) => key);
  const chosen = choose(seen, phases, view, { free: size === undefined ? undefined : size - usage, size, inProgress });
  const step = {
    restart: [...keysWith(seen, 'restart'), ...chosen.restart],
    inspect: [...keysWith(seen, 'inspect'), ...chosen.inspect],
    blocked: chosen.blocked,
    queued: chosen.queued,
    inProgress: inProgress.length + chosen.restart.length,
    usage,
    size,
  };
  const isIdle = step.restart.length === 0 && step.inspect.length === 0 && inProgress.length === 0;
  const stall = isIdle ? stallOf(before, view, usage, now) : undefined;
  if (stall !== undefined && (now - stall.changed >= limits.patience || now - stall.began >= limits.timeout)) {
    leaveBlocked(phases, chosen.blocked, view);
  }
  const ended = [...phases.values()].every(isFinal);
  return { ...step, run: { phases, ...(stall !== undefined && { stall }) }, ended };
}

function isUnderWay(next: Observed['next']): boolean {
  return next === 'moving' || next === 'restart' || next === 'inspect';
}

function keysWith(seen: ReadonlyMap<string, Observed>, wanted: Observed['next']): string[] {
  return [...seen].filter(([, { next }]) => next === wanted).map(([key]) => key);
}

function usageIn({ workloads }: View, phases: ReadonlyMap<string, Phase>): number {
  let sum = 0;
  for (const [key, workload] of workloads) sum += usageOf(workload, phases.get(key));
  return sum;
}

interface Room {
  readonly free: number | undefined;
  readonly size: number | undefined;
  /** Keys of the workloads whose rollouts are under way. */
  readonly inProgress: readonly string[];
}

/**
 * The workloads that may be restarted now, in their order; one that can never fit is left. The list of pods that a run
 * begins with may be older than the copy of the workloads: the pods of each are read before it is restarted.
 */
function choose(seen: ReadonlyMap<string, Observed>, phases: Map<string, Phase>, view: View, room: Room) {
  let { free } = room;
  const restart: string[] = [];
  const inspect: string[] = [];
  const blocked = new Map<string, string>();
  const queued: string[] = [];
  const underWay = room.inProgress.flatMap((key) => view.workloads.get(key) ?? []);
  for (const [key, { phase, next, why }] of seen) {
    if (why !== undefined) blocked.set(key, why);
    if (next !== 'ready') continue;
    const workload = view.workloads.get(key)!;
    const cost = costOf(workload);
    if (room.size !== undefined && cost > room.size) {
      phases.set(key, { name: 'left', why: tooLarge(workload, room.size) });
      continue;
    }
    const hasRoom = free === undefined ? underWay.length === 0 : cost <= free;
    const guard = hasRoom ? guardOf(workload, underWay, view) : undefined;
    if (hasRoom && guard === undefined) {
      if (free !== undefined) free -= cost;
      const isChecked = phase.name === 'waiting' && phase.checked === workload.generation;
      (isChecked ? restart : inspect).push(key);
      underWay.push(workload);
    } else if (guard !== undefined) {
      blocked.set(key, guard);
    } else {
      queued.push(key);
    }
  }
  return { restart, inspect, blocked, queued };
}

function tooLarge({ takes }: Workload, size: number): string {
  return `its updateStrategy takes ${counted(takes, 'pod')} down at once, more than --max-unavailable (${size})`;
}

/** The workloads in the sentence about a budget that is used up. */
const mostNamed = 3;

function unavailableIn({ workloads }: View): string {
  const down = [...workloads].filter(([, { unavailable }]) => unavailable > 0);
  const named = down.slice(0, mostNamed).map(([key, { unavailable }]) => `${unavailable} of ${key}`);
  const more = down.length > mostNamed ? ` and ${counted(down.length - mostNamed, 'other workload')}` : '';
  return down.length === 0 ? 'by rollouts in progress' : `${named.join(', ')}${more} not available`;
}

/** How long nothing has been under way, and since when nothing has changed. */
function stallOf({ stall }: Run, { workloads }: View, usage: number, now: number): NonNullable<Run['stall']> {
  let [updated, unavailable] = [0, 0];
  for (const workload of workloads.values()) {
    updated += workload.updated;
    unavailable += workload.unavailable;
  }
  const signature = `${usage}/${updated}/${unavailable}`;
  if (stall?.signature === signature) return stall;
  return { began: stall?.began ?? now, changed: now, signature };
}

function leaveBlocked(phases: Map<string, Phase>, blocked: ReadonlyMap<string, string>, view: View): void {
  const usedUp = `the budget is used up: ${unavailableIn(view)}`;
  for (const [key, phase] of phases) {
    if (phase.name === 'waiting') phases.set(key, { name: 'left', why: blocked.get(key) ?? usedUp });
  }
}

/** The end of a run after a failure: nothing else is restarted; rollouts in progress go on by themselves. */
function stopped(phases: Map<string, Phase>, view: View, size: number | undefined, why: string): Step {
  const inProgress = [...phases.values()].filter(({ name }) => name === 'rolling' || name === 'restarting').length;
  for (const [key, phase] of phases) if (phase.name === 'waiting') phases.set(key, { name: 'left', why });
  const none = { restart: [], inspect: [], blocked: new Map<string, string>(), queued: [] };
  return { ...none, run: { phases }, inProgress, usage: usageIn(view, phases), size, ended: true };
}
