import type { Server } from 'node:net';
import type { Address } from '../flags/codecs.ts';

export type Listening =
  | { readonly ok: true; readonly address: Address }
  | { readonly ok: false; readonly problem: string };

/** Connections that the kernel holds until they are taken; beyond it a caller waits a second to try once more. */
const backlog = 4096;

/** Binds a server. An empty host is every address, IPv6 and IPv4; port 0 any free one: the answer says which. */
export function listen(server: Server, { host, port }: Address, what: string): Promise<Listening> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code ?? error.message})`;
      resolve({ ok: false, problem: `${what}: ${host.includes(':') ? `[${host}]` : host}:${port} ${reason}` });
    };
    server.once('error', failed);
    server.listen({ port, backlog, ...(host !== '' && { host }) }, () => {
      server.off('error', failed);
      const bound = server.address();
      if (bound === null || typeof bound === 'string') throw new Error('not bound to a port');
      resolve({ ok: true, address: { host: bound.address, port: bound.port } });
    });
  });
}
