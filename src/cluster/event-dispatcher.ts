import type { Kube } from '../kube/kube.ts';
import { type Batch, createEventQueue } from './event-queue.ts';
import type { EventTargets } from './event-targets.ts';
import { createEventWriter } from './event-writer.ts';
import { createRequestPace, isUnanswered, type PaceLimits } from './request-pace.ts';

/**
 * The end of a notification. `sent`: it caused a write. `aggregated`: the write of another one included it. `dropped`:
 * the queue was full, or the webhook stopped first. `failed`: the API server refused it or did not answer. `not_found`:
 * the API server knows no object of that uid.
 */
export type EventOutcome = 'sent' | 'aggregated' | 'dropped' | 'failed' | 'not_found';

/** Turns batches into requests, one after another, so that a slow API server gets fewer of them. */
export interface EventDispatcher {
  /** False: the dispatcher is closed, and the batch was counted as dropped. */
  add(batch: Batch): boolean;
  /** Sends all batches that are due; returns when the next one is, undefined where none waits. */
  readonly work: () => Promise<number | undefined>;
  /** From now on every batch is due, and no request waits for its answer beyond `end`. */
  flushBefore(end: number): void;
  /** Drops all batches that are not written yet, that of the request under way included. */
  close(): void;
}

export interface DispatcherDeps {
  readonly now: () => number;
  readonly random: () => number;
  readonly instance: string;
  readonly counted: (outcome: EventOutcome, notifications: number) => void;
  readonly limits: PaceLimits & {
    readonly delay: number;
    readonly window: number;
    readonly waiting: number;
    readonly remembered: number;
    readonly attempts: number;
  };
}

export function createEventDispatcher(kube: Kube, targets: EventTargets, deps: DispatcherDeps): EventDispatcher {
  const { now, limits } = deps;
  const queue = createEventQueue({ delay: limits.delay, window: limits.window, most: limits.waiting });
  const writer = createEventWriter(kube, deps.instance, limits.remembered);
  const pace = createRequestPace(limits, deps.random);
  let end: number | undefined;
  let closed = false;
  let underWay = 0;

  const count = (outcome: EventOutcome, notifications: number) => {
    if (notifications > 0 && !closed) deps.counted(outcome, notifications);
  };
  const add = (batch: Batch) => {
    const dropped = closed ? batch.count : queue.add(batch);
    if (dropped > 0) deps.counted('dropped', dropped);
    return !closed;
  };
  const timeout = () => (end === undefined ? undefined : Math.max(1, end - now()));

  /** Adds a batch again whose request was not answered; false: the batch has had all its attempts. */
  const retry = (batch: Batch): boolean => {
    pace.unanswered(now());
    const attempts = batch.attempts + 1;
    if (attempts >= limits.attempts) return false;
    add({ ...batch, attempts });
    return true;
  };

  /** Adds a batch again whose pod is not stored yet; false: no attempt is left. */
  const findLater = (batch: Batch): boolean => {
    const attempts = batch.attempts + 1;
    if (attempts >= limits.attempts || end !== undefined) return false;
    add({ ...batch, attempts, first: Math.max(batch.first, now()) });
    return true;
  };

  const find = async (batch: Batch) => {
    const result = await targets.find(batch, timeout());
    if (closed || (!result.ok && retry(batch))) return;
    if (result.ok) pace.answered();
    if (result.ok && result.value !== undefined) add({ ...batch, target: result.value, isFinal: true });
    // The pod of a review may not be stored yet, so it is looked up more than once.
    else if (!result.ok || batch.target.kind !== 'Pod' || !findLater(batch))
      count(result.ok ? 'not_found' : 'failed', batch.count);
  };

  const write = async (batch: Batch) => {
    const written = await writer.write(batch, timeout());
    if (closed || (!written.ok && isUnanswered(written.problem) && retry(batch))) return;
    if (written.ok || !isUnanswered(written.problem)) pace.answered();
    count(written.ok ? 'sent' : 'failed', written.ok ? 1 : batch.count);
    if (written.ok) count('aggregated', batch.count - 1);
  };

  return {
    add,
    async work() {
      while (!closed) {
        const at = now();
        const allowed = pace.next(at);
        if (allowed > at) return allowed;
        const step = queue.next(at, end !== undefined);
        if (step.do === 'wait') return step.until;
        pace.sent(at);
        underWay = step.batch.count;
        await (step.do === 'find' ? find(step.batch) : write(step.batch));
        underWay = 0;
      }
      return undefined;
    },
    flushBefore(at) {
      end = at;
    },
    close() {
      count('dropped', queue.clear() + underWay);
      closed = true;
    },
  };
}
