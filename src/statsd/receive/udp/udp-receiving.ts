import type { Socket } from 'node:dgram';

/** The switch of the reading by Node itself. */
export interface Receiving {
  /** Stops the wakes of Node by datagrams; the kernel keeps them. */
  stop(): void;
  start(): void;
}

interface Handle {
  recvStop(): number;
  recvStart(): number;
  readonly fd: number;
}

/**
 * The switch of libuv (`uv_udp_recv_stop`, `uv_udp_recv_start`), which `node:dgram` does not show: reading starts when
 * the socket is bound and stops when it is closed. Why private parts of Node are used: docs/decisions/0013.
 *
 * @returns undefined where this Node keeps the handle of the socket elsewhere; it then wakes for each datagram.
 */
export function receivingOf(socket: Socket): Receiving | undefined {
  const handle = handleOf(socket);
  if (typeof handle?.recvStop !== 'function' || typeof handle.recvStart !== 'function') return undefined;
  const { recvStop, recvStart } = handle as Handle;
  return { stop: () => void recvStop.call(handle), start: () => void recvStart.call(handle) };
}

/**
 * The descriptor of the socket, which `node:dgram` does not show either; undefined where this Node keeps it elsewhere.
 */
export function descriptorOf(socket: Socket): number | undefined {
  const descriptor = handleOf(socket)?.fd;
  return descriptor !== undefined && descriptor >= 0 ? descriptor : undefined;
}

function handleOf(socket: Socket): Partial<Handle> | undefined {
  const state = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'state symbol');
  const inside = socket as unknown as Readonly<
    Record<symbol, { readonly handle?: Partial<Handle> | null } | undefined>
  >;
  return (state === undefined ? undefined : inside[state]?.handle) ?? undefined;
}
