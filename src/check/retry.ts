export interface RetryOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds for all attempts; 0 is one attempt. */
  readonly wait: number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** Milliseconds between two attempts. */
const intervalMs = 2000;

/** Repeats an attempt until its outcome is ok or the time is over; gives the last outcome. */
export async function retry<T>(
  attempt: () => Promise<T>,
  isOk: (outcome: T) => boolean,
  { now, wait, pause }: RetryOptions,
): Promise<T> {
  const end = now() + wait;
  for (;;) {
    const outcome = await attempt();
    const left = end - now();
    if (left <= 0 || isOk(outcome)) return outcome;
    await pause(Math.min(intervalMs, left));
  }
}
