import type { Workload } from '../workload/workload.ts';

/** When something last changed for the better. */
export interface Pace {
  /** Milliseconds. */
  readonly since: number;
  readonly progress: string;
}

/**
 * The state of one workload in a run.
 * - waiting: its pods are outdated.
 * - restarting: the API server was asked, and its answer is not known.
 * - rolling: restarted by this run.
 * The others are final.
 */
export type Phase =
  | {
      readonly name: 'waiting';
      /** The rollout that was seen; its end may have left no outdated pod, so the pods are read again. */
      readonly moved?: Pace;
      /** The generation whose pods were read and found outdated. Only such a workload is restarted. */
      readonly checked?: number;
      /** The version that a restart met a conflict with: the copy has to be newer. */
      readonly stale?: string;
    }
  | { readonly name: 'restarting'; readonly at: string; readonly resourceVersion: string }
  | { readonly name: 'rolling'; readonly generation: number; readonly pace: Pace }
  | { readonly name: 'renewed' }
  /** Deleted meanwhile. */
  | { readonly name: 'gone' }
  | {
      readonly name: 'failed';
      readonly why: string;
      /** Whether the next workload would fail too, so that nothing else may be restarted. */
      readonly fatal: boolean;
    }
  | { readonly name: 'left'; readonly why: string };

export type PhaseName = Phase['name'];

export function isFinal({ name }: Phase): boolean {
  return name !== 'waiting' && name !== 'restarting' && name !== 'rolling';
}

/** The pace of a rollout: from now on where the numbers of its pods changed. */
export function paceOf(before: Pace | undefined, { updated, unavailable, replicas }: Workload, now: number): Pace {
  const progress = `${updated}/${unavailable}/${replicas}`;
  return before?.progress === progress ? before : { since: now, progress };
}
