/** Runs tasks, at most some of them at a time; the others wait in order. */
export type ConcurrencyLimit = <T>(task: () => Promise<T>) => Promise<T>;

/** @param most how many tasks run at a time */
export function createConcurrencyLimit(most: number): ConcurrencyLimit {
  const waiting: (() => void)[] = [];
  let running = 0;
  const next = () => {
    const wake = waiting.shift();
    if (wake === undefined) running--;
    else wake();
  };
  return async (task) => {
    if (running < most) running++;
    // A task that ends hands its turn to the next one, so that a new task cannot take it in between.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      next();
    }
  };
}
