/** The difference between this machine's clock and a server's, from the `Date` of the server's answers. */
export interface ServerClock {
  /** @param serverTime milliseconds since the epoch; ignored where it is not a number. */
  observe(serverTime: number): void;
  /** Milliseconds that this machine is ahead (behind: negative), to a second; undefined before the first answer. */
  ahead(): number | undefined;
  /** The server's time; this machine's where they differ by less than `tolerance`. */
  now(): number;
  /** One sentence, where the two differ by more than `tolerance`. */
  problem(): string | undefined;
}

/**
 * Milliseconds. The time of an answer and the drift of clocks stay below a minute. A larger difference matters:
 * certificates are issued from the present moment on.
 */
const tolerance = 60_000;

/** @param now milliseconds since the epoch, by this machine */
export function createServerClock(now: () => number): ServerClock {
  let ahead: number | undefined;
  return {
    observe(serverTime) {
      if (Number.isFinite(serverTime)) ahead = now() - serverTime;
    },
    ahead: () => ahead,
    // The header has whole seconds: a difference below the tolerance is none.
    now: () => (ahead === undefined || Math.abs(ahead) <= tolerance ? now() : now() - ahead),
    problem() {
      if (ahead === undefined || Math.abs(ahead) <= tolerance) return undefined;
      const seconds = Math.round(Math.abs(ahead) / 1000);
      return `the clock of this replica is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} the API server's`;
    },
  };
}
