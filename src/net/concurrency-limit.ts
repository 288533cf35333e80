/** Runs tasks, at most some of them at a time; the others wait in the order in which they came. */
export type ConcurrencyLimit = <T>(task: () => Promise<T>) => Promise<T>;

/** @param most how many run at a time */
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
    // The turn of the one that ends is handed on, so that none that comes in between takes it.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      next();
    }
  };
}
