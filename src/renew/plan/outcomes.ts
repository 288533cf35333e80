import type { Run } from './advance.ts';
import type { Phase } from './phase.ts';

/** The API server's answer to a restart. */
export type Restarted =
  | { readonly outcome: 'accepted'; readonly generation: number }
  /** Somebody else changed the workload. */
  | { readonly outcome: 'conflict'; readonly resourceVersion: string }
  | { readonly outcome: 'refused'; readonly why: string }
  | { readonly outcome: 'gone' };

/** The pods of a workload after a rollout. */
export type Inspected =
  | { readonly outcome: 'renewed' }
  /** Pods are outdated, or have no sidecar. */
  | { readonly outcome: 'unchanged'; readonly why: string };

/** The API server is going to be asked: until it answers, the workload counts as restarted. */
export function restarting(run: Run, key: string, at: string, resourceVersion: string): Run {
  return withPhase(run, key, { name: 'restarting', at, resourceVersion });
}

export function restarted(run: Run, key: string, result: Restarted, now: number): Run {
  switch (result.outcome) {
    case 'accepted':
      return withPhase(run, key, {
        name: 'rolling',
        generation: result.generation,
        pace: { since: now, progress: '' },
      });
    case 'conflict':
      return withPhase(run, key, { name: 'waiting', stale: result.resourceVersion });
    case 'refused':
      return withPhase(run, key, { name: 'failed', why: result.why, fatal: false });
    case 'gone':
      return withPhase(run, key, { name: 'gone' });
  }
}

/**
 * Pods that a restart of ours did not renew would not be renewed anywhere else either: the run ends.
 * @param generation of the workload when its pods were read
 */
export function inspected(run: Run, key: string, result: Inspected, generation: number): Run {
  if (result.outcome === 'renewed') return withPhase(run, key, { name: 'renewed' });
  const isOurs = run.phases.get(key)?.name === 'rolling';
  return withPhase(
    run,
    key,
    isOurs ? { name: 'failed', why: result.why, fatal: true } : { name: 'waiting', checked: generation },
  );
}

function withPhase(run: Run, key: string, phase: Phase): Run {
  return { ...run, phases: new Map(run.phases).set(key, phase) };
}
