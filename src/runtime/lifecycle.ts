import type { EventEmitter } from 'node:events';

/** The signals that end a command in order, and their numbers. */
const ending = { SIGTERM: 15, SIGINT: 2 } as const;
type Ending = keyof typeof ending;

/** The received signals, each returned once, in order. */
export interface SignalQueue {
  next(): Promise<Ending>;
  close(): void;
}

/**
 * Queues SIGTERM and SIGINT from now on. It is called before anything starts: a signal that comes while a command
 * starts waits until the command can stop in order, instead of killing it.
 */
export function listenForSignals(signals: EventEmitter): SignalQueue {
  const queue: Ending[] = [];
  const waiting: ((signal: Ending) => void)[] = [];
  const listeners = (Object.keys(ending) as Ending[]).map((signal) => {
    const listener = () => {
      const waiter = waiting.shift();
      if (waiter === undefined) queue.push(signal);
      else waiter(signal);
    };
    signals.on(signal, listener);
    return [signal, listener] as const;
  });
  return {
    next() {
      const signal = queue.shift();
      return signal === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(signal);
    },
    close() {
      for (const [signal, listener] of listeners) signals.off(signal, listener);
    },
  };
}

/**
 * Waits for the first signal, or for a request to stop, then runs `stop`. A second signal does not wait for `stop`: its
 * sender wants the process to end now.
 *
 * @returns 0 when `stop` has finished, 128 + the signal's number when a second signal interrupted it
 */
export async function untilStopped(
  signals: SignalQueue,
  stop: (cause: string) => Promise<void>,
  stopRequest: Promise<string> = new Promise(() => {}),
): Promise<number> {
  const cause = await Promise.race([signals.next(), stopRequest]);
  const code = await Promise.race([stop(cause).then(() => 0), signals.next().then((signal) => 128 + ending[signal])]);
  signals.close();
  return code;
}
