import type { Writable } from 'node:stream';
import type { Io } from './io.ts';

export function isTerminal(stream: Writable & { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true;
}

/** The columns of the terminal that a stream writes to; undefined where it writes to none. */
export function widthOf(
  stream: Writable & { readonly isTTY?: boolean; readonly columns?: number },
): number | undefined {
  return isTerminal(stream) && stream.columns !== undefined && stream.columns > 0 ? stream.columns : undefined;
}

/** The width of running text: that of the terminal, from 40 columns (a long name) to 120 (readable lines). */
export function textWidth(stream: Writable): number {
  return Math.max(40, Math.min(widthOf(stream) ?? 100, 120));
}

/** A progress line on standard error that is overwritten; nothing is printed where standard error is no terminal. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

const eraseLine = '\r\u001b[2K';

export function progressLine({ err, env }: Io): Progress {
  if (!isTerminal(err) || env.TERM === 'dumb') return { show: () => {}, clear: () => {} };
  return { show: (text) => void err.write(`${eraseLine}${text}`), clear: () => void err.write(eraseLine) };
}
