import type { Writable } from 'node:stream';
import type { Io } from './io.ts';

export function isTerminal(stream: Writable & { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true;
}

/** One line of standard error that is written over; nothing at all where nobody sees it change. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

const eraseLine = '\r\u001b[2K';

export function progressLine({ err, env }: Io): Progress {
  if (!isTerminal(err) || env.TERM === 'dumb') return { show: () => {}, clear: () => {} };
  return { show: (text) => void err.write(`${eraseLine}${text}`), clear: () => void err.write(eraseLine) };
}
