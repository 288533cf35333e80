/** How far the clock of this machine is from that of a server, by the `Date` of its answers. */
export interface ServerClock {
  /** @param serverTime milliseconds since the epoch; what is not a number is left out. */
  heard(serverTime: number): void;
  /** Milliseconds that this machine is ahead (behind: negative), to a second; undefined before an answer came. */
  ahead(): number | undefined;
  /** The server's time, as far as is known. */
  now(): number;
  /** One sentence, where the two differ by more than `tolerance`. */
  problem(): string | undefined;
}

/**
 * Milliseconds. Certificates are issued from the present moment on, so a minute is what an answer may take and a clock
 * may drift.
 */
const tolerance = 60_000;

/** @param now milliseconds since the epoch, by this machine */
export function createServerClock(now: () => number): ServerClock {
  let ahead: number | undefined;
  return {
    heard(serverTime) {
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
