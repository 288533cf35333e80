/** Runs one piece of work again and again, never twice at a time. */
export interface Alarm {
  /** Sees to it that the work runs at `time` (milliseconds of `now`) or before. */
  wake(time: number): void;
  /** Runs the work at once, or waits for the run that is under way; no other follows. */
  last(): Promise<void>;
}

/** The longest that a timer takes; a later time is looked at again then. */
const longest = 2 ** 31 - 1;

/** @param work gives back when it is to run next; undefined: when somebody wakes it. */
export function createAlarm(now: () => number, work: () => Promise<number | undefined>): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let at = Number.POSITIVE_INFINITY;
  let working: Promise<void> | undefined;
  let over = false;

  const run = async () => {
    clearTimeout(timer);
    at = Number.POSITIVE_INFINITY;
    const next = await work();
    working = undefined;
    // Whoever woke it meanwhile left the time in `at`.
    const wanted = Math.min(at, next ?? Number.POSITIVE_INFINITY);
    at = Number.POSITIVE_INFINITY;
    wake(wanted);
  };
  const wake = (time: number) => {
    if (over || time >= at) return;
    at = time;
    if (working !== undefined) return;
    clearTimeout(timer);
    const start = () => {
      working = run();
    };
    timer = setTimeout(start, Math.min(Math.max(0, time - now()), longest));
  };
  return {
    wake,
    last() {
      over = true;
      clearTimeout(timer);
      working ??= run();
      return working;
    },
  };
}
