export interface BucketLimits {
  /** Tokens a second in the long run. */
  readonly rate: number;
  /** The most tokens that are saved up for one moment. */
  readonly burst: number;
}

/** Bounds how often something is done: each time takes a token. Times are milliseconds of one clock. */
export interface TokenBucket {
  /** When there is a token; `now` where there is one already. */
  next(now: number): number;
  /** Takes one; the bucket may be empty, and owes it then. */
  take(now: number): void;
}

/** A bucket that is full to begin with. */
export function createTokenBucket({ rate, burst }: BucketLimits): TokenBucket {
  let tokens = burst;
  let filled: number | undefined;
  const fill = (now: number) => {
    // Where the clock was set back no token is added, and none is lost.
    const passed = Math.max(0, now - (filled ?? now));
    tokens = Math.min(burst, tokens + (passed * rate) / 1000);
    filled = now;
  };
  return {
    next(now) {
      fill(now);
      return tokens >= 1 ? now : now + Math.ceil(((1 - tokens) * 1000) / rate);
    },
    take(now) {
      fill(now);
      tokens -= 1;
    },
  };
}
