import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenForSignals, untilStopped } from '../../src/runtime/lifecycle.ts';

test.each(['SIGTERM', 'SIGINT'])('%s stops in order', async (signal) => {
  const signals = new EventEmitter();
  const causes: string[] = [];
  const ended = untilStopped(listenForSignals(signals), async (cause) => void causes.push(cause));
  signals.emit(signal);
  expect(await ended).toBe(0);
  expect(causes).toEqual([signal]);
  expect(signals.eventNames()).toEqual([]);
});

test('a signal that came while the command started is not lost', async () => {
  const signals = new EventEmitter();
  const heard = listenForSignals(signals);
  signals.emit('SIGTERM');
  const causes: string[] = [];
  expect(await untilStopped(heard, async (cause) => void causes.push(cause))).toBe(0);
  expect(causes).toEqual(['SIGTERM']);
});

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
])('a second signal, %s, does not wait for the stop', async (signal, code) => {
  const signals = new EventEmitter();
  const ended = untilStopped(listenForSignals(signals), () => new Promise(() => {}));
  signals.emit('SIGTERM');
  signals.emit(signal);
  expect(await ended).toBe(code);
});

test('a request to quit stops as a signal does', async () => {
  const causes: string[] = [];
  const stop = async (cause: string) => void causes.push(cause);
  expect(await untilStopped(listenForSignals(new EventEmitter()), stop, Promise.resolve('/-/quit'))).toBe(0);
  expect(causes).toEqual(['/-/quit']);
});
