import type { Server } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';

/** The requests of a server, and its end. */
export interface Drain {
  /** Requests whose headers arrived and whose answer is not sent yet. */
  readonly inFlight: () => number;
  /** Stops listening, waits for the requests in flight (at most `timeout` milliseconds), closes all connections. */
  close(timeout: number): Promise<void>;
}

/** Counts the requests of a server from now on; to be called before it listens. */
export function trackRequests(server: Server | HttpsServer): Drain {
  const sockets = new Set<Socket>();
  let inFlight = 0;
  let settle: (() => void) | undefined;

  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (_request, response) => {
    inFlight++;
    response.once('close', () => {
      if (--inFlight === 0) settle?.();
    });
  });

  return {
    inFlight: () => inFlight,
    async close(timeout) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if (inFlight > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeout);
          settle = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      // Connections without a request: half-way through a handshake, or opened ahead of need.
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
