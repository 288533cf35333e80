import type { KubeProblem } from '../kube/kube.ts';
import { backOff, halfJitter } from '../timing/back-off.ts';
import { type BucketLimits, createTokenBucket } from '../timing/token-bucket.ts';

/** How often requests are sent to the API server. */
export interface PaceLimits extends BucketLimits {
  /** Milliseconds of the pause after a request without an answer; doubles with each further one, up to `pauseMost`. */
  readonly pause: number;
  readonly pauseMost: number;
}

/** A token bucket that also pauses while the API server does not answer. Times are milliseconds of one clock. */
export interface RequestPace {
  /** When the next request may be sent; `now` or earlier: at once. */
  next(now: number): number;
  /** A request is sent. */
  sent(now: number): void;
  answered(): void;
  unanswered(now: number): void;
}

/** @param random for the pauses: replicas that lost the same API server do not come back in step. */
export function createRequestPace(limits: PaceLimits, random: () => number): RequestPace {
  const bucket = createTokenBucket(limits);
  const pauses = { first: limits.pause, most: limits.pauseMost };
  let failures = 0;
  let pausedUntil = 0;
  return {
    next(now) {
      // No pause is longer than `pauseMost`: one that seems so was set before the clock was set back.
      return Math.max(bucket.next(now), pausedUntil > now + pauses.most ? now : pausedUntil);
    },
    sent: bucket.take,
    answered() {
      failures = 0;
      pausedUntil = 0;
    },
    unanswered(now) {
      failures += 1;
      pausedUntil = now + halfJitter(backOff(pauses, failures), random());
    },
  };
}

/** Whether the API server decided nothing, so that the same request may succeed later. */
export function isUnanswered({ code }: KubeProblem): boolean {
  return code === 'unreachable' || code === 'throttled' || code === 'server';
}
