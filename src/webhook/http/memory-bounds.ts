import type { WebhookSettings } from '../../contract/webhook.ts';
import { createRoomMaker } from '../../memory/make-room.ts';
import { type ConnectionGuard, createConnectionGuard } from '../../net/connections.ts';
import { createInflight, type Inflight } from '../../net/inflight.ts';
import type { Logger } from '../../runtime/logger.ts';

/**
 * What a connection takes with its TLS session, with what is not collected yet of one that was closed; measured, bytes.
 */
export const connectionBytes = 100_000;
/** What the program takes under load, and while it judges the largest review that it reads; measured, bytes. */
const programBytes = 48 * 2 ** 20;
/** Of what the program leaves; the rest is for what V8 has not collected yet. */
const shares = { connections: 0.4, bodies: 0.25 };

/**
 * What connections and bodies may take: as the flags say, and less where the container has less than they were made
 * for.
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

/** What keeps to these bounds. */
export function boundMemory(
  settings: WebhookSettings,
  memoryLimit: number | undefined,
  log: Logger,
): { readonly connections: ConnectionGuard; readonly inflight: Inflight } {
  const { connections: most, bodies } = memoryBounds(settings, memoryLimit ?? Number.POSITIVE_INFINITY);
  const tell = (closed: object) => log.warn('connections were closed to make room', { ...closed, most });
  const makeRoom = createRoomMaker(memoryLimit);
  return { connections: createConnectionGuard({ most, tell, makeRoom }), inflight: createInflight(bodies, makeRoom) };
}
