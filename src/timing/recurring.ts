import { type BackOff, backOff, halfJitter } from './back-off.ts';

/** One piece of background work that runs again and again, never twice at a time. */
export interface Recurring {
  /** Makes the work run at `time` (milliseconds of `now`; at once by default) or before. */
  wake(time?: number): void;
  /** Runs the work at once, or waits for the run under way; no other follows. Never rejects. */
  runLast(): Promise<void>;
  /** No run begins after this. */
  stop(): void;
}

export interface RecurringDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Gets the exceptions of the work, which runs again after a rest. */
  readonly failed: (error: unknown) => void;
  /** `recurringBackOff` by default. */
  readonly backOff?: BackOff;
}

/** Of a run that threw. */
const recurringBackOff: BackOff = { first: 1000, most: 60_000 };

/** Milliseconds. A timer is set again at least hourly, since clocks are set and machines sleep. */
const longestTimer = 3_600_000;

/**
 * An exception in background work must not end the process that answers admission reviews: it is handed to `failed`.
 * @param work returns when it is to run next (milliseconds of `now`); undefined: at the next `wake`.
 */
export function createRecurring(work: () => Promise<number | undefined>, deps: RecurringDeps): Recurring {
  const { now, random, failed, backOff: limits = recurringBackOff } = deps;
  let timer: NodeJS.Timeout | undefined;
  let at = Number.POSITIVE_INFINITY;
  let working: Promise<void> | undefined;
  let over = false;
  let failures = 0;
  let restsUntil = 0;

  const attempt = async (): Promise<number | undefined> => {
    try {
      const next = await work();
      failures = 0;
      restsUntil = 0;
      return next;
    } catch (error) {
      failures += 1;
      restsUntil = now() + halfJitter(backOff(limits, failures), random());
      failed(error);
      return restsUntil;
    }
  };
  const run = async () => {
    clearTimeout(timer);
    at = Number.POSITIVE_INFINITY;
    const next = await attempt();
    working = undefined;
    // A call of `wake` during the run left its time in `at`.
    const wanted = Math.min(at, next ?? Number.POSITIVE_INFINITY);
    at = Number.POSITIVE_INFINITY;
    wake(wanted);
  };
  const start = () => {
    // The timer was set for less than the time that is left.
    if (at > now() + longestTimer / 2 && Number.isFinite(at)) set();
    else working = run();
  };
  const set = () => {
    clearTimeout(timer);
    const due = Math.max(at, restsUntil > now() + limits.most ? 0 : restsUntil);
    timer = setTimeout(start, Math.min(Math.max(0, due - now()), longestTimer));
    timer.unref();
  };
  const wake = (time = now()) => {
    if (over || time >= at) return;
    at = time;
    if (working === undefined) set();
  };
  return {
    wake,
    runLast() {
      over = true;
      clearTimeout(timer);
      working ??= run();
      return working;
    },
    stop() {
      over = true;
      clearTimeout(timer);
    },
  };
}
