import { expect, test } from 'vitest';
import { createAlarm } from '../../src/cluster/alarm.ts';

/** Work that ends when it is told to, and says how often it ran. */
function work(next: () => number | undefined = () => undefined) {
  const runs: { readonly done: () => void }[] = [];
  let heard = () => {};
  return {
    runs,
    run: async () => {
      await new Promise<void>((done) => {
        runs.push({ done });
        heard();
      });
      return next();
    },
    /** Resolves when it runs for that time. */
    ran: async (times: number) => {
      while (runs.length < times) {
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
    },
  };
}

test('runs when it is woken, and again when it asks for that', async () => {
  const { runs, run, ran } = work(() => (runs.length < 3 ? 0 : undefined));
  const alarm = createAlarm(Date.now, run);
  alarm.wake(Date.now() + 1);
  for (let i = 1; i <= 3; i++) {
    await ran(i);
    runs[i - 1]!.done();
  }
  await alarm.last();
  expect(runs).toHaveLength(3);
});

test('an earlier time wins over a later one, whichever comes first', async () => {
  for (const times of [
    [1_000_000, 0],
    [0, 1_000_000],
  ]) {
    const { runs, run, ran } = work();
    const alarm = createAlarm(Date.now, run);
    for (const time of times) alarm.wake(Date.now() + time);
    await ran(1);
    runs[0]!.done();
    await alarm.last();
  }
});

test('never two at a time: who wakes it while it runs has it run once more', async () => {
  const { runs, run, ran } = work();
  const alarm = createAlarm(Date.now, run);
  alarm.wake(0);
  await ran(1);
  alarm.wake(0);
  alarm.wake(0);
  // Timers that were set before this one have gone off.
  await new Promise((resolve) => setTimeout(resolve, 2));
  expect(runs).toHaveLength(1);
  runs[0]!.done();
  await ran(2);
  const end = alarm.last();
  runs[1]!.done();
  await end;
  expect(runs).toHaveLength(2);
});

test('the last run is one at once, and nothing wakes it any more', async () => {
  const { runs, run, ran } = work(() => 0);
  const alarm = createAlarm(Date.now, run);
  alarm.wake(Date.now() + 1_000_000);
  const end = alarm.last();
  await ran(1);
  runs[0]!.done();
  await end;
  alarm.wake(0);
  await new Promise(setImmediate);
  expect(runs).toHaveLength(1);
});

test('a time that no timer takes is waited for, not taken for now', async () => {
  const { runs, run } = work();
  const alarm = createAlarm(Date.now, run);
  alarm.wake(Date.now() + 2 ** 40);
  await new Promise(setImmediate);
  expect(runs).toHaveLength(0);
  const end = alarm.last();
  runs[0]!.done();
  await end;
});
