import type { Outcome } from '../inject/outcome/outcome.ts';
import type { Kube } from '../kube/kube.ts';
import { createRecurring } from '../timing/recurring.ts';
import { createEventDispatcher, type EventOutcome } from './event-dispatcher.ts';
import { noteOf } from './event-note.ts';
import type { Target } from './event-object.ts';
import type { Batch } from './event-queue.ts';
import { createEventTargets } from './event-targets.ts';
import type { PaceLimits } from './request-pace.ts';

/** A decision about a pod, for the pod's owner. */
export interface OwnerNotification {
  readonly namespace: string;
  /** As in the review; `name` is empty where the API server has still to choose one. */
  readonly pod: { readonly name: string; readonly generateName: string };
  /** The pod's controller (`controllerTarget`). */
  readonly owner: Target | undefined;
  readonly outcome: Pick<Outcome, 'decision' | 'kinds' | 'reasons'>;
  readonly dryRun: boolean;
}

export interface Events {
  /** Queues an Event and returns at once. A dry run and an unchanged pod cause no Event. */
  notify(notification: OwnerNotification): void;
  /** Writes the Events that wait, as far as `limits` allow; drops the others, and all notifications from now on. */
  stop(): Promise<void>;
}

export interface EventLimits extends PaceLimits {
  /** Milliseconds from the first notification to its write, which includes those that come meanwhile. */
  readonly delay: number;
  /** Milliseconds between two writes for the same object and reason. */
  readonly window: number;
  /** The most Events that wait to be written, and the most that are remembered to be counted up. */
  readonly waiting: number;
  readonly remembered: number;
  /** Requests for one write that may stay without an answer. */
  readonly attempts: number;
  /** Milliseconds that `stop` may take. */
  readonly stop: number;
}

/** A rollout of 1000 pods in five minutes causes some ten writes; no cluster causes more than ten requests a second. */
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
  /** The name of this replica's pod. */
  readonly instance: string;
  /** Each notification is counted once, by its outcome. */
  readonly counted: (outcome: EventOutcome, notifications: number) => void;
  /** Gets the exceptions of the code that writes Events; it goes on with the next. */
  readonly failed: (error: unknown) => void;
  readonly limits?: EventLimits;
}

/**
 * Notifies the owners of pods of the decisions about their pods, by Events in their namespace.
 *
 * Anyone who reaches the webhook's port can make up a review, so an Event is written only about an object that the API
 * server knows by its uid: the owner, or a pod without an owner once it exists and says that it was judged. A pod
 * without an owner that was refused never exists, and one without a name cannot be found: the person who created the
 * pod got the refusal or the warnings.
 */
export function createEvents(kube: Kube, deps: EventDeps): Events {
  const { now, limits = eventLimits } = deps;
  const targets = createEventTargets(kube, limits.remembered);
  const dispatcher = createEventDispatcher(kube, targets, { ...deps, limits });
  const dispatching = createRecurring(dispatcher.work, deps);
  let stopped: Promise<void> | undefined;

  const stop = async () => {
    dispatcher.flushBefore(now() + limits.stop);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limits.stop);
    });
    await Promise.race([dispatching.runLast(), timeout]);
    clearTimeout(timer);
    dispatcher.close();
  };

  return {
    notify({ namespace, pod, owner, outcome, dryRun }) {
      if (dryRun) return;
      const note = noteOf(outcome);
      const direct = owner ?? barePod(pod.name);
      if (note === undefined || direct === undefined || !isObjectLike(direct)) return;
      // A pod that was denied never exists, so no Event can be about it; its sender got the refusal.
      if (outcome.decision === 'denied' && owner === undefined) return;
      const target = targets.remembered(namespace, direct);
      const at = now();
      const batch: Batch = {
        namespace,
        target: target ?? direct,
        isFinal: target !== undefined,
        note,
        count: 1,
        first: at,
        last: at,
        attempts: 0,
      };
      if (dispatcher.add(batch)) dispatching.wake(at + limits.delay);
    },
    stop: () => (stopped ??= stop()),
  };
}

function barePod(name: string): Target | undefined {
  return name === '' ? undefined : { apiVersion: 'v1', kind: 'Pod', name };
}

/** The longest name or uid: admission comes before the API server checks the owner references of a pod. */
const longest = 253;

function isObjectLike({ apiVersion, kind, name, uid = '' }: Target): boolean {
  return [apiVersion, kind, name, uid].every((text) => text.length <= longest);
}
