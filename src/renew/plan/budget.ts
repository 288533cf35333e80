import type { PodBudget } from '../../contract/cluster-commands.ts';
import type { Workload } from '../workload/workload.ts';
import type { Phase } from './phase.ts';

/** The pods that may be unavailable at a time; a percentage of all pods rounds up. */
export function sizeOf(budget: PodBudget, workloads: Iterable<Workload>): number {
  if ('pods' in budget) return budget.pods;
  let pods = 0;
  for (const { replicas } of workloads) pods += replicas;
  return Math.ceil((pods * budget.percent) / 100);
}

/**
 * The part of the budget that a restart needs. Pods that come before the old ones go (`maxSurge`) take none down, but
 * they need room on the nodes: a workload takes a place at least, so that not all of them surge at once.
 */
export function costOf({ takes }: Workload): number {
  return Math.max(1, takes);
}

/**
 * The part of the budget that a workload uses now. During a rollout that is all that its strategy may take, since the
 * numbers of its status are behind.
 */
export function usageOf(workload: Workload, phase: Phase | undefined): number {
  const isOurs = phase?.name === 'restarting' || phase?.name === 'rolling';
  return isOurs || isRolling(workload) ? Math.max(costOf(workload), workload.unavailable) : workload.unavailable;
}

/** Whether a rollout may go on by itself: one that is stuck may, that of a paused Deployment does not. */
export function isRolling({ rollout, hindrance }: Workload): boolean {
  return rollout !== 'settled' && hindrance === undefined;
}
