import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { servingPair } from '../webhook/pair.ts';

/** What a request came with. */
export interface Caller {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  /** The serial number of the client's certificate. */
  readonly certificate: string | undefined;
  /** Which connection it came on: the port of its other end. */
  readonly connection: number;
  /** The name that the client asked for (SNI). */
  readonly servername: string | false;
}

/** An HTTPS server on loopback whose certificate `authority` of test/webhook/pair.ts signed; answers `{}` to all. */
export interface TlsServer {
  readonly url: string;
  readonly port: number;
  readonly callers: readonly Caller[];
  readonly stop: () => Promise<void>;
}

export async function startTlsServer(names?: readonly string[]): Promise<TlsServer> {
  const callers: Caller[] = [];
  const { cert, key } = await servingPair(5, names);
  const server = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const socket = request.socket as TLSSocket & { readonly servername: string | false };
    callers.push({
      headers: request.headers,
      path: request.url ?? '',
      certificate: socket.getPeerCertificate().serialNumber,
      connection: socket.remotePort ?? 0,
      servername: socket.servername,
    });
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    callers,
    stop: async () => {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
}
