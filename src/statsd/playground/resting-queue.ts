/** A queue that rests after each piece of work. */
export interface RestingQueue {
  /** @returns undefined: the queue is full, and the work was not added. */
  take<T>(work: () => Promise<T>): Promise<T> | undefined;
}

export interface RestingQueueOptions {
  /** The most pieces that run or wait. */
  readonly most: number;
  /** The rest after a piece of work, as a multiple of its time. */
  readonly rest: number;
  /** The longest rest in milliseconds. */
  readonly longestRest: number;
  /** Milliseconds. */
  readonly now: () => number;
}

/**
 * Runs one piece of work after the other, with a rest after each, so that a client that keeps asking gets a limited
 * share of the processor.
 */
export function createRestingQueue({ most, rest, longestRest, now }: RestingQueueOptions): RestingQueue {
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
