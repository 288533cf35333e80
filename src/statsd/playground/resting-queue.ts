/** Work that has to wait for its turn. */
export interface Turns {
  /** @returns undefined where too many wait already: nothing was started. */
  take<T>(work: () => Promise<T>): Promise<T> | undefined;
}

export interface TurnsOptions {
  /** That may be under way or waiting. */
  readonly most: number;
  /** Of the time that a piece of work took, how much is rested after it. */
  readonly rest: number;
  /** Milliseconds of rest at most. */
  readonly longestRest: number;
  /** Milliseconds. */
  readonly now: () => number;
}

/**
 * One piece of work after the other, with a rest after each: whoever keeps asking gets a share of the processor's time and no more.
 */
export function createTurns({ most, rest, longestRest, now }: TurnsOptions): Turns {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  return {
    take(work) {
      if (waiting >= most) return undefined;
      waiting++;
      const mine = last.then(async () => {
        const started = now();
        try {
          return { done: await work(), milliseconds: now() - started };
        } finally {
          waiting--;
        }
      });
      last = mine.then(
        ({ milliseconds }) => pause(Math.min(Math.max(0, milliseconds) * rest, longestRest)),
        () => {},
      );
      return mine.then(({ done }) => done);
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
