import type { Kube } from '../kube/kube.ts';
import { type Batch, createEventQueue } from './event-queue.ts';
import { createEventWriter } from './event-writer.ts';
import type { Owners } from './owner.ts';
import { createRequestPace, isUnanswered, type PaceLimits } from './request-pace.ts';

/**
 * What became of a telling. `sent`: it made a write. `aggregated`: it went with the write of another. `dropped`: there
 * was no room, or no time at the end. `failed`: the API server did not take it. `not_found`: the API server knows no
 * object of that uid.
 */
export type EventOutcome = 'sent' | 'aggregated' | 'dropped' | 'failed' | 'not_found';

/** Batches come in, requests go out: one after another, so an API server that is slow is asked less. */
export interface EventDesk {
  /** False: there is no room, or no time any more; it was counted as dropped. */
  take(batch: Batch): boolean;
  /** Does what is due; gives back when something will be, undefined where nothing waits. Never rejects. */
  readonly work: () => Promise<number | undefined>;
  /** From now on everything is due, and whoever asks the API server waits no longer than until `end`. */
  hurry(end: number): void;
  /** What is not done by now is dropped, a request under way included. */
  close(): void;
}

export interface DeskDeps {
  readonly now: () => number;
  readonly random: () => number;
  readonly instance: string;
  readonly counted: (outcome: EventOutcome, tellings: number) => void;
  readonly limits: PaceLimits & {
    readonly delay: number;
    readonly window: number;
    readonly waiting: number;
    readonly remembered: number;
    readonly attempts: number;
  };
}

export function createEventDesk(kube: Kube, owners: Owners, deps: DeskDeps): EventDesk {
  const { now, limits } = deps;
  const queue = createEventQueue({ delay: limits.delay, window: limits.window, most: limits.waiting });
  const writer = createEventWriter(kube, deps.instance, limits.remembered);
  const pace = createRequestPace(limits, deps.random);
  let end: number | undefined;
  let closed = false;
  let underWay = 0;

  const count = (outcome: EventOutcome, tellings: number) => {
    if (tellings > 0 && !closed) deps.counted(outcome, tellings);
  };
  const take = (batch: Batch) => {
    const dropped = closed ? batch.count : queue.add(batch);
    if (dropped > 0) deps.counted('dropped', dropped);
    return !closed;
  };
  const timeout = () => (end === undefined ? undefined : Math.max(1, end - now()));

  /** What the API server does not answer comes back, some times; false: the batch has had its tries. */
  const again = (batch: Batch): boolean => {
    pace.unanswered(now());
    const attempts = batch.attempts + 1;
    if (attempts >= limits.attempts) return false;
    take({ ...batch, attempts });
    return true;
  };

  const later = (batch: Batch): boolean => {
    const attempts = batch.attempts + 1;
    if (attempts >= limits.attempts || end !== undefined) return false;
    take({ ...batch, attempts, first: Math.max(batch.first, now()) });
    return true;
  };

  const find = async (batch: Batch) => {
    const found = await owners.find(batch, timeout());
    if (closed || (!found.ok && again(batch))) return;
    if (found.ok) pace.answered();
    if (found.ok && found.value !== undefined) take({ ...batch, target: found.value, found: true });
    // A pod is looked for while its review may still be on its way to be stored.
    else if (!found.ok || batch.target.kind !== 'Pod' || !later(batch))
      count(found.ok ? 'not_found' : 'failed', batch.count);
  };

  const write = async (batch: Batch) => {
    const written = await writer.write(batch, timeout());
    if (closed || (!written.ok && isUnanswered(written.problem) && again(batch))) return;
    if (written.ok || !isUnanswered(written.problem)) pace.answered();
    count(written.ok ? 'sent' : 'failed', written.ok ? 1 : batch.count);
    if (written.ok) count('aggregated', batch.count - 1);
  };

  return {
    take,
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
    hurry(at) {
      end = at;
    },
    close() {
      count('dropped', queue.clear() + underWay);
      closed = true;
    },
  };
}
