/** One piece of background work that runs again and again, never twice at a time. */
export interface Recurring {
  /** Makes the work run at `time` (milliseconds of `now`; at once where nothing is said) or before. */
  wake(time?: number): void;
  /** Runs the work at once, or waits for the run that is under way; no other follows. Never rejects. */
  last(): Promise<void>;
  /** No run begins after this. */
  stop(): void;
}

export interface RecurringDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Gets what the work threw; the work runs again after a rest. */
  readonly failed: (error: unknown) => void;
  /** `recurringRests` where nothing is said. */
  readonly rests?: Rests;
}

/** Milliseconds of the rest after a run that threw: doubled with each further one in a row. */
export interface Rests {
  readonly first: number;
  readonly most: number;
}

export const recurringRests: Rests = { first: 1000, most: 60_000 };

/** Milliseconds. Clocks are set and machines sleep, so a run that is due later is looked at again meanwhile. */
const longest = 3_600_000;

/**
 * An exception in background work must not end the process that answers admission reviews: it is handed to `failed`.
 * @param work gives back when it is to run next (milliseconds of `now`); undefined: when somebody wakes it.
 */
export function createRecurring(work: () => Promise<number | undefined>, deps: RecurringDeps): Recurring {
  const { now, random, failed, rests = recurringRests } = deps;
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
      const rest = Math.min(rests.most, rests.first * 2 ** Math.min(failures - 1, 30)) * (0.5 + random() / 2);
      restsUntil = now() + rest;
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
    // The timer went off before its time, because no timer takes a longer one.
    if (at > now() + longest / 2 && Number.isFinite(at)) set();
    else working = run();
  };
  const set = () => {
    clearTimeout(timer);
    const due = Math.max(at, restsUntil > now() + rests.most ? 0 : restsUntil);
    timer = setTimeout(start, Math.min(Math.max(0, due - now()), longest));
    timer.unref();
  };
  const wake = (time = now()) => {
    if (over || time >= at) return;
    at = time;
    if (working === undefined) set();
  };
  return {
    wake,
    last() {
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
