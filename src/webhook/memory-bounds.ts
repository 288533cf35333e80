import type { Logger } from 'pino';
import type { WebhookSettings } from '../contract/webhook.ts';
import { type ConnectionGuard, createConnectionGuard } from '../net/connections.ts';
import { createInflight, type Inflight } from '../net/inflight.ts';

/** What a connection takes with its TLS session, measured; bytes. */
const connectionBytes = 70_000;
/** Of the memory limit; the rest is for the program, one review being judged, and what V8 has not collected yet. */
const shares = { bodies: 1 / 8, connections: 3 / 16 };

/** What connections and bodies may take: as the flags say, and less where the container has less than they were made for. */
export function memoryBounds(
  { connections, bodiesLimit }: Pick<WebhookSettings, 'connections' | 'bodiesLimit'>,
  memoryLimit: number,
): { readonly connections: number; readonly bodies: number } {
  return {
    connections: Math.max(16, Math.min(connections, Math.floor((memoryLimit * shares.connections) / connectionBytes))),
    bodies: Math.max(2 ** 20, Math.min(bodiesLimit, Math.floor(memoryLimit * shares.bodies))),
  };
}

/** What keeps to these bounds. */
export function boundMemory(
  settings: WebhookSettings,
  memoryLimit: number | undefined,
  log: Logger,
): { readonly connections: ConnectionGuard; readonly inflight: Inflight } {
  const { connections: most, bodies } = memoryBounds(settings, memoryLimit ?? Number.POSITIVE_INFINITY);
  const tell = (closed: object) => log.warn({ ...closed, most }, 'connections were closed to make room');
  return { connections: createConnectionGuard({ most, tell }), inflight: createInflight(bodies) };
}
