/** How often something was written lately. */
export interface Pace {
  readonly count: number;
  /** Milliseconds since the epoch, of the last time. */
  readonly last: number;
}

/** A rotation writes the Secret twice and each configuration two or three times; more, soon after, is a quarrel. */
const freely = 6;
const first = 2_000;
const most = 5 * 60_000;
const forgotten = 10 * 60_000;

/** The pace after one more write. */
export function paced(pace: Pace | undefined, now: number): Pace {
  return { count: recent(pace, now) + 1, last: now };
}

/** Milliseconds that the next write has to wait: none at first, then twice as long each time. */
export function paceDelay(pace: Pace | undefined, now: number): number {
  const over = recent(pace, now) - freely;
  if (pace === undefined || over < 0) return 0;
  const pause = Math.min(most, first * 2 ** over);
  return Math.min(pause, Math.max(0, pace.last + pause - now));
}

/** Whether others undo what is written. */
export function quarrels(pace: Pace | undefined, now: number): boolean {
  return recent(pace, now) > freely;
}

function recent(pace: Pace | undefined, now: number): number {
  return pace === undefined || now - pace.last > forgotten ? 0 : pace.count;
}
