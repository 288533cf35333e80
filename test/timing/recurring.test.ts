import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRecurring, type RecurringDeps } from '../../src/timing/recurring.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const deps: RecurringDeps = {
  now: Date.now,
  random: () => 0,
  failed: (error) => {
    throw error;
  },
};

/** Work that ends when it is told to, and counts its runs. */
function work(next: () => number | undefined = () => undefined) {
  const runs: { readonly done: () => void }[] = [];
  return {
    runs,
    run: async () => {
      await new Promise<void>((done) => {
        runs.push({ done });
      });
      return next();
    },
    /** Lets time pass until it runs for that time. */
    ran: async (times: number) => {
      while (runs.length < times) await vi.advanceTimersToNextTimerAsync();
    },
  };
}

test('runs when it is woken, and again when it asks for that', async () => {
  const { runs, run, ran } = work(() => (runs.length < 3 ? 0 : undefined));
  const recurring = createRecurring(run, deps);
  recurring.wake(Date.now() + 1);
  for (let i = 1; i <= 3; i++) {
    await ran(i);
    runs[i - 1]!.done();
  }
  await recurring.runLast();
  expect(runs).toHaveLength(3);
});

test('an earlier time wins over a later one, whichever comes first', async () => {
  for (const times of [
    [1_000_000, 0],
    [0, 1_000_000],
  ]) {
    const { runs, run, ran } = work();
    const recurring = createRecurring(run, deps);
    for (const time of times) recurring.wake(Date.now() + time);
    await ran(1);
    runs[0]!.done();
    await recurring.runLast();
  }
});

test('never two at a time: calls of wake during a run make one more run', async () => {
  const { runs, run, ran } = work();
  const recurring = createRecurring(run, deps);
  recurring.wake();
  await ran(1);
  recurring.wake();
  recurring.wake();
  await vi.advanceTimersByTimeAsync(5);
  expect(runs).toHaveLength(1);
  runs[0]!.done();
  await ran(2);
  const end = recurring.runLast();
  runs[1]!.done();
  await end;
  expect(runs).toHaveLength(2);
});

test('the last run is one at once, and nothing wakes it any more', async () => {
  const { runs, run, ran } = work(() => 0);
  const recurring = createRecurring(run, deps);
  recurring.wake(Date.now() + 1_000_000);
  const end = recurring.runLast();
  await ran(1);
  runs[0]!.done();
  await end;
  recurring.wake(0);
  await vi.advanceTimersByTimeAsync(0);
  expect(runs).toHaveLength(1);
});

test('stopped during a run: the run ends, and none follows', async () => {
  const { runs, run, ran } = work(() => 0);
  const recurring = createRecurring(run, deps);
  recurring.wake();
  await ran(1);
  recurring.stop();
  recurring.wake();
  runs[0]!.done();
  await vi.advanceTimersByTimeAsync(5);
  expect(runs).toHaveLength(1);
});

test('a time that no timer takes is waited for, not taken for now', async () => {
  const { runs, run } = work();
  const recurring = createRecurring(run, deps);
  recurring.wake(Date.now() + 2 ** 40);
  await vi.advanceTimersByTimeAsync(0);
  expect(runs).toHaveLength(0);
  const end = recurring.runLast();
  runs[0]!.done();
  await end;
});

test('an exception is handed on, and the work runs again after rests that grow', async () => {
  const errors: unknown[] = [];
  let time = 0;
  let calls = 0;
  const recurring = createRecurring(
    async () => {
      calls += 1;
      if (calls === 4) return undefined;
      throw new Error(`run ${calls}`);
    },
    {
      // The clock moves on by itself, as far as the rest that was asked for.
      now: () => (time += 1),
      random: () => 0,
      failed: (error) => errors.push(error),
      backOff: { first: 4, most: 8 },
    },
  );
  recurring.wake();
  while (calls < 4) await vi.advanceTimersToNextTimerAsync();
  expect(errors.map(String)).toEqual(['Error: run 1', 'Error: run 2', 'Error: run 3']);
  await recurring.runLast();
});

test('a call of wake does not cut the rest after an exception short', async () => {
  let calls = 0;
  const recurring = createRecurring(
    async () => {
      calls += 1;
      throw new Error('bug');
    },
    { ...deps, failed: () => {} },
  );
  recurring.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toBe(1);
  recurring.wake();
  await vi.advanceTimersByTimeAsync(5);
  expect(calls).toBe(1);
  recurring.stop();
});
