import { duration } from '../../flags/codecs.ts';
import { counted } from '../../text/counted.ts';
import { ownerOf, type Workload } from '../workload/workload.ts';
import { isRolling } from './budget.ts';
import { type Phase, paceOf } from './phase.ts';

/** A phase as the cluster makes it now, and the next step of the workload. */
export interface Observed {
  readonly phase: Phase;
  /**
   * - ready: may be restarted, as far as the budget goes.
   * - inspect: its pods have to be read.
   * - restart: the request has to be repeated.
   * - moving: a rollout is under way.
   * - blocked: something else has to change first.
   * - none: nothing to do.
   */
  readonly next: 'ready' | 'inspect' | 'restart' | 'moving' | 'blocked' | 'none';
  readonly why?: string;
}

export interface Moment {
  readonly now: number;
  /** Milliseconds without progress after which a rollout counts as failed. */
  readonly timeout: number;
}

const final = (phase: Phase): Observed => ({ phase, next: 'none' });
const left = (why: string) => final({ name: 'left', why });

export function observe(phase: Phase, workload: Workload | undefined, moment: Moment): Observed {
  if (phase.name !== 'waiting' && phase.name !== 'restarting' && phase.name !== 'rolling') return final(phase);
  if (workload === undefined) return final({ name: 'gone' });
  if (phase.name === 'restarting') return { phase, next: 'restart' };
  return phase.name === 'rolling' ? observeRolling(phase, workload, moment) : observeWaiting(phase, workload, moment);
}

function observeRolling(phase: Phase & { name: 'rolling' }, workload: Workload, { now, timeout }: Moment): Observed {
  if (workload.generation < phase.generation) return { phase, next: 'moving' };
  const { rollout, unavailable, replicas, updated } = workload;
  if (rollout === 'settled' && unavailable === 0) return { phase, next: 'inspect' };
  const pace = paceOf(phase.pace, workload, now);
  const isLate = now - pace.since >= timeout + readyTime(workload);
  if (rollout !== 'stuck' && !isLate) return { phase: { ...phase, pace }, next: 'moving' };
  const cause = rollout === 'stuck' ? 'ProgressDeadlineExceeded' : `no progress for ${duration.format(timeout)}`;
  const why =
    `its rollout stands still (${cause}): ${updated} of ${counted(replicas, 'pod')} are new, ${unavailable} not ` +
    `available; see kubectl get pods -n ${workload.namespace}; kubectl rollout undo ${ownerOf(workload)} -n ` +
    `${workload.namespace} goes back`;
  return final({ name: 'failed', why, fatal: false });
}

function observeWaiting(phase: Phase & { name: 'waiting' }, workload: Workload, { now, timeout }: Moment): Observed {
  const { hindrance, rollout, unavailable, replicas } = workload;
  if (phase.stale === workload.resourceVersion) return { phase, next: 'moving' };
  if (hindrance !== undefined) return left(hindrance);
  if (rollout === 'stuck') return left('its last rollout stands still (ProgressDeadlineExceeded): repair it first');
  if (isRolling(workload) || (phase.moved !== undefined && unavailable > 0)) {
    const moved = paceOf(phase.moved, workload, now);
    const isLate = now - moved.since >= timeout + readyTime(workload);
    if (isLate) return left(`its last rollout made no progress for ${duration.format(timeout)}: repair it first`);
    return { phase: { name: 'waiting', moved }, next: 'moving', why: 'a rollout is in progress' };
  }
  if (phase.moved !== undefined) return { phase, next: 'inspect' };
  const { checked } = phase;
  const waiting: Phase = { name: 'waiting', ...(checked !== undefined && { checked }) };
  if (unavailable > 0) {
    const why = `${unavailable} of ${counted(replicas, 'pod')} not available: a restart waits until they are`;
    return { phase: waiting, next: 'blocked', why };
  }
  return { phase: waiting, next: 'ready' };
}

/** Milliseconds in which a healthy rollout shows no progress. */
function readyTime({ minReadySeconds }: Workload): number {
  return minReadySeconds * 1000;
}
