import type { Run } from './advance.ts';
import { isRolling } from './budget.ts';
import { type Phase, paceOf } from './phase.ts';
import type { View } from './view.ts';

/**
 * Adds the workloads that an earlier run restarted and whose new pods are not all available, in front. None of their
 * pods may be outdated any longer, yet a run waits for them before it restarts others.
 */
export function withUnfinished({ phases }: Run, { workloads }: View, now: number): Run {
  const unfinished = [...workloads].filter(
    ([key, workload]) => workload.isRenewal && !phases.has(key) && (isRolling(workload) || workload.unavailable > 0),
  );
  const waited = unfinished.map(([key, workload]): [string, Phase] => {
    return [key, { name: 'waiting', moved: paceOf(undefined, workload, now) }];
  });
  return { phases: new Map([...waited, ...phases]) };
}
