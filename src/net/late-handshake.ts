import type { Socket } from 'node:net';

/** Whether TLS is not agreed on yet. Node's types do not have the field, which is there on both ends. */
export function isShakingHands(socket: Socket): boolean {
  return (socket as { readonly secureConnecting?: boolean }).secureConnecting === true;
}

/**
 * Ends a connection whose handshake failed. One that only took too long goes on where it is over soon: in a process
 * without CPU the timer fires before what the client sent long ago is read.
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
