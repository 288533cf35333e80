import type { Socket } from 'node:net';

/** What `net.Socket` is asked by its option `onread`. */
type Take = (length: number, bytes: Uint8Array) => boolean;

interface Handle {
  useUserBuffer(bytes: Uint8Array): void;
}

/**
 * Lets a socket read into `bytes`, which other sockets may share: each read is taken in before the next one begins. `net.Socket` has
 * that as its option `onread`, but a server makes its sockets itself, and then each read is a buffer of 64 KiB of its own: a tenth of
 * what a line cost was the collection of those.
 *
 * @param take is given the length of what was read.
 * @returns false where this Node keeps the option elsewhere: nothing was done, the socket has 'data' events.
 */
export function readInto(socket: Socket, bytes: Buffer, take: (length: number) => void): boolean {
  const inside = socket as unknown as Record<symbol, unknown> & { readonly _handle?: Partial<Handle> | null };
  const key = (name: string) => Object.getOwnPropertySymbols(socket).find(({ description }) => description === name);
  const [buffer, callback] = [key('kBuffer'), key('kBufferCb')];
  const handle = inside._handle;
  if (buffer === undefined || callback === undefined || typeof handle?.useUserBuffer !== 'function') return false;
  inside[buffer] = bytes;
  inside[callback] = ((length) => {
    take(length);
    return true;
  }) satisfies Take;
  handle.useUserBuffer(bytes);
  return true;
}
