import type { EventEmitter } from 'node:events';

/** The signals that end a command in order. */
const ending = ['SIGTERM', 'SIGINT'] as const;

/**
 * Waits for the first SIGTERM or SIGINT, or for `also` (a request to quit), then runs `stop`. A second signal does not
 * wait for `stop` any longer: whoever sends it wants the process gone.
 *
 * @returns 0 when `stop` came to its end, 128 + the signal's number when a second signal cut it short.
 */
export async function untilStopped(
  signals: EventEmitter,
  stop: (cause: string) => Promise<void>,
  also: Promise<string> = new Promise(() => {}),
): Promise<number> {
  const heard = listen(signals);
  const cause = await Promise.race([heard.next(), also]);
  const second = heard.next();
  const code = await Promise.race([
    stop(cause).then(() => 0),
    second.then((signal) => 128 + (signal === 'SIGINT' ? 2 : 15)),
  ]);
  heard.close();
  return code;
}

function listen(signals: EventEmitter): { next(): Promise<string>; close(): void } {
  const waiting: ((signal: string) => void)[] = [];
  const listeners = ending.map((signal) => [signal, () => waiting.shift()?.(signal)] as const);
  for (const [signal, listener] of listeners) signals.on(signal, listener);
  return {
    next: () => new Promise((resolve) => waiting.push(resolve)),
    close() {
      for (const [signal, listener] of listeners) signals.off(signal, listener);
    },
  };
}
