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

/** How wide running text is: the terminal's width, but not wider than is read well, nor narrower than a long name. */
export function textWidth(stream: Writable): number {
  return Math.max(40, Math.min(widthOf(stream) ?? 100, 120));
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
