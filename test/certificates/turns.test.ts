import { expect, test } from 'vitest';
import { takeTurns } from '../../src/certificates/turns.ts';

/** Turns that end when they are told to. */
function controlled() {
  const started: PromiseWithResolvers<number | undefined>[] = [];
  let arrived = Promise.withResolvers<void>();
  const turns = takeTurns(() => {
    const one = Promise.withResolvers<number | undefined>();
    started.push(one);
    arrived.resolve();
    arrived = Promise.withResolvers();
    return one.promise;
  });
  return { turns, started, next: () => arrived.promise };
}

test('never two at a time; what changes meanwhile is looked at once, right after', async () => {
  const { turns, started, next } = controlled();
  turns.wake();
  turns.wake();
  turns.wake();
  expect(started.length).toBe(1);
  const second = next();
  started[0]!.resolve(60_000);
  await second;
  expect(started.length).toBe(2);
  started[1]!.resolve(undefined);
  turns.stop();
});

test('the next comes by itself when it is due, and none after the end', async () => {
  const { turns, started, next } = controlled();
  turns.wake();
  const second = next();
  started[0]!.resolve(1);
  await second;
  turns.stop();
  turns.wake();
  started[1]!.resolve(0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(started.length).toBe(2);
});
