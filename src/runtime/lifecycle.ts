import type { EventEmitter } from 'node:events';

/** The signals that end a command in order, and their numbers. */
const ending = { SIGTERM: 15, SIGINT: 2 } as const;
type Ending = keyof typeof ending;

/** Signals that were heard, each given out once, in order. */
export interface Heard {
  next(): Promise<Ending>;
  close(): void;
}

/**
 * Hears SIGTERM and SIGINT from now on. To be called before anything starts: a signal that comes while a command starts
 * waits until it can stop in order, instead of killing it.
 */
export function hearSignals(signals: EventEmitter): Heard {
  const heard: Ending[] = [];
  const waiting: ((signal: Ending) => void)[] = [];
  const listeners = (Object.keys(ending) as Ending[]).map((signal) => {
    const listener = () => {
      const waiter = waiting.shift();
      if (waiter === undefined) heard.push(signal);
      else waiter(signal);
    };
    signals.on(signal, listener);
    return [signal, listener] as const;
  });
  return {
    next() {
      const signal = heard.shift();
      return signal === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(signal);
    },
    close() {
      for (const [signal, listener] of listeners) signals.off(signal, listener);
    },
  };
}

/**
 * Waits for the first signal, or for `also` (a request to quit), then runs `stop`. A second signal does not wait for
 * `stop` any longer: whoever sends it wants the process gone.
 *
 * @returns 0 when `stop` came to its end, 128 + the signal's number when a second signal cut it short.
 */
export async function untilStopped(
  heard: Heard,
  stop: (cause: string) => Promise<void>,
  also: Promise<string> = new Promise(() => {}),
): Promise<number> {
  const cause = await Promise.race([heard.next(), also]);
  const code = await Promise.race([stop(cause).then(() => 0), heard.next().then((signal) => 128 + ending[signal])]);
  heard.close();
  return code;
}
