import type { KubeProblem } from '../kube/kube.ts';

/** How fast the API server is asked. */
export interface PaceLimits {
  /** Requests a second in the long run, and the most that are saved up for one moment. */
  readonly rate: number;
  readonly burst: number;
  /** Milliseconds of the rest after a request without an answer; doubles with each further one, up to `restMost`. */
  readonly rest: number;
  readonly restMost: number;
}

/** A token bucket that also rests while nobody answers. Times are milliseconds of one clock. */
export interface Pace {
  /** When the next request may be made; `now` or earlier: at once. */
  next(now: number): number;
  /** A request is made. */
  asked(now: number): void;
  answered(): void;
  unanswered(now: number): void;
}

/** @param random for the rests: replicas that lost the same API server do not come back in step. */
export function createPace({ rate, burst, rest, restMost }: PaceLimits, random: () => number): Pace {
  let tokens = burst;
  let filled: number | undefined;
  let silent = 0;
  let restsUntil = 0;

  const fill = (now: number) => {
    // A clock that was set back gives nothing, and takes nothing.
    const passed = Math.max(0, now - (filled ?? now));
    tokens = Math.min(burst, tokens + (passed * rate) / 1000);
    filled = now;
  };

  return {
    next(now) {
      fill(now);
      const token = tokens >= 1 ? now : now + Math.ceil(((1 - tokens) * 1000) / rate);
      // No rest is longer: it was set by a clock that was set back since.
      return Math.max(token, restsUntil > now + restMost ? now : restsUntil);
    },
    asked(now) {
      fill(now);
      tokens -= 1;
    },
    answered() {
      silent = 0;
      restsUntil = 0;
    },
    unanswered(now) {
      restsUntil = now + Math.min(rest * 2 ** Math.min(silent, 30), restMost) * (0.5 + random() / 2);
      silent += 1;
    },
  };
}

/** Nothing was decided, so that the same request may be answered the next time. */
export function isUnanswered({ code }: KubeProblem): boolean {
  return code === 'unreachable' || code === 'throttled' || code === 'server';
}
