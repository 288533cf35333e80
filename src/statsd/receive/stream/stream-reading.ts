import type { Socket } from 'node:net';

/** The callback of the option `onread` of `net.Socket`. */
type Take = (length: number, bytes: Uint8Array) => boolean;

interface Handle {
  useUserBuffer(bytes: Uint8Array): void;
}

/**
 * Lets a socket read into `bytes`, which sockets may share: each read is processed before the next one begins.
 * `net.Socket` has the option `onread` for that, but a server makes its sockets itself, and then each read allocates a
 * buffer of 64 KiB: collecting these was a tenth of the cost of a line.
 *
 * @param take gets the length of the read.
 * @returns false where this Node keeps the option elsewhere: nothing changed, the socket has 'data' events.
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
