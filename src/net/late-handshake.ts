import type { Socket } from 'node:net';

/** Whether the TLS handshake is still under way. Node's types lack the field, which both ends have. */
export function isShakingHands(socket: Socket): boolean {
  return (socket as { readonly secureConnecting?: boolean }).secureConnecting === true;
}

/**
 * Ends a connection whose handshake failed. A handshake that only took too long may go on for `grace`: in a process
 * without CPU the timer fires before the client's bytes, which came long ago, are read.
 *
 * @param grace milliseconds
 */
export function endHandshake({ code }: NodeJS.ErrnoException, socket: Socket, grace: number): void {
  if (code !== 'ERR_TLS_HANDSHAKE_TIMEOUT') return void socket.destroy();
  const timer = setTimeout(() => {
    if (isShakingHands(socket)) socket.destroy();
  }, grace);
  socket.once('close', () => clearTimeout(timer));
}
