import type { Outcome } from '../inject/outcome/outcome.ts';
import type { Kube } from '../kube/kube.ts';
import { createRecurring } from '../timing/recurring.ts';
import { createEventDesk, type EventOutcome } from './event-dispatcher.ts';
import { noteOf } from './event-note.ts';
import type { Target } from './event-object.ts';
import type { Batch } from './event-queue.ts';
import { createOwners } from './owner.ts';
import type { PaceLimits } from './request-pace.ts';

/** A decision about a pod, as it is told to the pod's owner. */
export interface Told {
  readonly namespace: string;
  /** As the review holds it; `name` is empty for a pod that is still to get one. */
  readonly pod: { readonly name: string; readonly generateName: string };
  /** The pod's controller (`controllerOf`). */
  readonly owner: Target | undefined;
  readonly outcome: Pick<Outcome, 'decision' | 'kinds' | 'reasons'>;
  readonly dryRun: boolean;
}

export interface Events {
  /** Takes note and returns at once. Nothing is told of a dry run, or where nothing was done. */
  tell(told: Told): void;
  /** Writes what still waits, as far as `limits` let it; the rest is dropped, and so is what is told from now on. */
  stop(): Promise<void>;
}

export interface EventLimits extends PaceLimits {
  /** Milliseconds from the first telling to its write: what comes meanwhile goes into the same. */
  readonly delay: number;
  /** Milliseconds between two writes for the same object and reason. */
  readonly window: number;
  /** The most Events that wait to be written, and the most that are remembered to be counted up. */
  readonly waiting: number;
  readonly remembered: number;
  /** How often a request for one write may stay without an answer. */
  readonly attempts: number;
  /** Milliseconds that `stop` may take. */
  readonly stop: number;
}

/** A rollout of 1000 pods in five minutes makes some ten writes, a cluster of any size ten requests a second at most. */
export const eventLimits: EventLimits = {
  delay: 1000,
  window: 30_000,
  waiting: 1000,
  remembered: 2000,
  rate: 10,
  burst: 50,
  pause: 1000,
  pauseMost: 60_000,
  attempts: 4,
  stop: 2000,
};

export interface EventDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: () => number;
  /** Who writes, among the replicas: the name of the pod. */
  readonly instance: string;
  /** Each telling is counted once: told = sent + aggregated + dropped + failed. */
  readonly counted: (outcome: EventOutcome, tellings: number) => void;
  /** Gets what was thrown while Events were written; the next are written all the same. */
  readonly failed: (error: unknown) => void;
  readonly limits?: EventLimits;
}

/**
 * Tells owners of pods what became of their pods, by Events of the namespace.
 *
 * Anyone who reaches the webhook's port can make up a review, so an Event is written only about an object that the API
 * server knows by its uid: the owner, or a pod without an owner once it exists and says that it was judged. A pod
 * without an owner that was refused never exists, and one without a name cannot be found: the person who created the
 * pod got the refusal or the warnings.
 */
export function createEvents(kube: Kube, deps: EventDeps): Events {
  const { now, limits = eventLimits } = deps;
  const owners = createOwners(kube, limits.remembered);
  const desk = createEventDesk(kube, owners, { ...deps, limits });
  const alarm = createRecurring(desk.work, deps);
  let stopped: Promise<void> | undefined;

  const stop = async () => {
    desk.hurry(now() + limits.stop);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limits.stop);
    });
    await Promise.race([alarm.runLast(), patience]);
    clearTimeout(timer);
    desk.close();
  };

  return {
    tell({ namespace, pod, owner, outcome, dryRun }) {
      if (dryRun) return;
      const note = noteOf(outcome);
      const direct = owner ?? barePod(pod.name);
      if (note === undefined || direct === undefined || !isObjectLike(direct)) return;
      // A pod that was denied never exists, so no Event can be about it; its sender got the refusal.
      if (outcome.decision === 'denied' && owner === undefined) return;
      const known = owners.known(namespace, direct);
      const at = now();
      const batch: Batch = {
        namespace,
        target: known ?? direct,
        found: known !== undefined,
        note,
        count: 1,
        first: at,
        last: at,
        attempts: 0,
      };
      if (desk.take(batch)) alarm.wake(at + limits.delay);
    },
    stop: () => (stopped ??= stop()),
  };
}

function barePod(name: string): Target | undefined {
  return name === '' ? undefined : { apiVersion: 'v1', kind: 'Pod', name };
}

/** The longest that a name or a uid may be; what a pod claims as its owner comes before the API server checked it. */
const longest = 253;

function isObjectLike({ apiVersion, kind, name, uid = '' }: Target): boolean {
  return [apiVersion, kind, name, uid].every((text) => text.length <= longest);
}
