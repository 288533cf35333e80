/** What one turn says of the next: milliseconds until then, or undefined: when something changes. */
export type Turn = () => Promise<number | undefined>;

export interface Turns {
  /** Something changed: a turn now, or right after the one that is under way. */
  readonly wake: () => void;
  readonly stop: () => void;
}

/** Longer is looked at again meanwhile: clocks are set, machines sleep. */
const longest = 3_600_000;
const shortest = 20;

/** Takes turns one after the other, never two at a time. The first comes with the first `wake`. */
export function takeTurns(turn: Turn): Turns {
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  let again = false;
  let stopped = false;
  const run = async () => {
    busy = true;
    clearTimeout(timer);
    let next: number | undefined;
    do {
      again = false;
      next = await turn();
    } while (again && !stopped);
    busy = false;
    if (stopped || next === undefined) return;
    timer = setTimeout(run, Math.max(shortest, Math.min(next, longest)));
    timer.unref();
  };
  return {
    wake: () => {
      if (stopped) return;
      if (busy) again = true;
      else void run();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
