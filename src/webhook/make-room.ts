import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import { memoryLeft } from '../memory/left.ts';
import { createRoomMaker, type MakeRoom } from '../memory/make-room.ts';

/** What is held is looked at once for so many connections, and for so many bytes of bodies: a look takes some 30 µs. */
const connections = 8;
const bodyBytes = 2 ** 20;
/** For a body whose length is not said. */
const unannounced = 64 * 1024;

/**
 * Collects garbage in time: V8 lets 100 MB of closed connections and read bodies lie, and a container of 64 MiB ended
 * under 1,000 large bodies whose live part was 50 MB.
 *
 * @param memoryLimit bytes; undefined or infinite: nothing is ever done
 */
export function makeRoomIn(
  server: Server,
  memoryLimit: number | undefined,
  makeRoom: MakeRoom = createRoom(memoryLimit),
): void {
  let opened = 0;
  let announced = 0;
  server.on('secureConnection', () => {
    opened += 1;
    if (opened % connections === 0) makeRoom();
  });
  (server as EventEmitter).on('request', ({ headers }: IncomingMessage) => {
    announced += Number(headers['content-length'] ?? unannounced) || 0;
    if (announced < bodyBytes) return;
    announced = 0;
    makeRoom();
  });
}

function createRoom(limit: number | undefined): MakeRoom {
  if (limit === undefined || !Number.isFinite(limit)) return () => {};
  return createRoomMaker(limit, () => memoryLeft(limit));
}
