export interface Waiting {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds in all; 0 is one attempt. */
  readonly wait: number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** Milliseconds between two attempts. */
const interval = 2000;

/** Attempts something until it is ok or the time is over, and gives back the last attempt's outcome. */
export async function untilOk<T>(
  attempt: () => Promise<T>,
  isOk: (outcome: T) => boolean,
  waiting: Waiting,
): Promise<T> {
  const end = waiting.now() + waiting.wait;
  for (;;) {
    const outcome = await attempt();
    const left = end - waiting.now();
    if (left <= 0 || isOk(outcome)) return outcome;
    await waiting.pause(Math.min(interval, left));
  }
}
