import type { WebhookSettings } from '../../contract/webhook.ts';
import { createRoomMaker } from '../../memory/make-room.ts';
import { type ConnectionGuard, createConnectionGuard } from '../../net/connections.ts';
import { createInflight, type Inflight } from '../../net/inflight.ts';
import type { Logger } from '../../runtime/logger.ts';

/**
 * Bytes of a connection with its TLS session, and with the garbage of one that was closed; measured.
 */
export const connectionBytes = 100_000;
/** Bytes of the program under load, while it decides about the largest review that it reads; measured. */
const programBytes = 48 * 2 ** 20;
/** Shares of the memory that the program leaves; the rest is for garbage that V8 has not collected yet. */
const shares = { connections: 0.4, bodies: 0.25 };

/**
 * The most connections, and the most bytes of bodies: the values of the flags, less where the container has less memory
 * than those need.
 */
export function memoryBounds(
  { connections, bodiesLimit }: Pick<WebhookSettings, 'connections' | 'bodiesLimit'>,
  memoryLimit: number,
): { readonly connections: number; readonly bodies: number } {
  const room = Math.max(0, memoryLimit - programBytes);
  return {
    connections: Math.max(16, Math.min(connections, Math.floor((room * shares.connections) / connectionBytes))),
    bodies: Math.max(2 ** 20, Math.min(bodiesLimit, Math.floor(room * shares.bodies))),
  };
}

/** The guards that keep these bounds. */
export function boundMemory(
  settings: WebhookSettings,
  memoryLimit: number | undefined,
  log: Logger,
): { readonly connections: ConnectionGuard; readonly inflight: Inflight } {
  const { connections: most, bodies } = memoryBounds(settings, memoryLimit ?? Number.POSITIVE_INFINITY);
  const logClosed = (closed: object) => log.warn('connections were closed to make room', { ...closed, most });
  const makeRoom = createRoomMaker(memoryLimit);
  return {
    connections: createConnectionGuard({ most, tell: logClosed, makeRoom }),
    inflight: createInflight(bodies, makeRoom),
  };
}
