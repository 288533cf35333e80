import type { Run } from './advance.ts';
import { isRolling } from './budget.ts';
import { type Phase, paceOf } from './phase.ts';
import type { View } from './view.ts';

/**
 * Puts the workloads in front that an earlier run restarted and whose new pods are not all available. None of their
 * pods may be outdated any longer, yet a run waits for them before it restarts others.
 */
export function withUnfinished({ phases }: Run, { workloads }: View, now: number): Run {
  const unfinished = new Map<string, Phase>();
  for (const [key, workload] of workloads) {
    const isUnfinished = workload.isRenewal && (isRolling(workload) || workload.unavailable > 0);
    if (!isUnfinished || (phases.get(key)?.name ?? 'waiting') !== 'waiting') continue;
    unfinished.set(key, { name: 'waiting', moved: paceOf(undefined, workload, now) });
  }
  const others = [...phases].filter(([key]) => !unfinished.has(key));
  return { phases: new Map([...unfinished, ...others]) };
}
