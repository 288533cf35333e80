import type { Server } from 'node:net';
import type { Result } from '../result/result.ts';

export interface HostPort {
  /** Empty: every address of the machine, IPv6 and IPv4, or IPv4 alone where there is no IPv6. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface ListenOptions {
  /** Connections that the kernel holds until the server accepts them. Absent: Node's 511. */
  readonly backlog?: number;
}

/** The address that a server got, or a sentence that says why it has none. */
export type Listening = Result<HostPort>;

/** Binds a server of TCP or HTTP to an address. */
export function listen(server: Server, { host, port }: HostPort, options: ListenOptions = {}): Promise<Listening> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'the address is in use' : error.message;
      resolve({
        ok: false,
        problem: `cannot listen on ${host.includes(':') ? `[${host}]` : host}:${port}: ${reason}`,
      });
    };
    server.once('error', failed);
    server.listen({ ...options, port, ...(host !== '' && { host }) }, () => {
      server.off('error', failed);
      const bound = server.address();
      if (bound === null || typeof bound === 'string') throw new Error('not bound to a port');
      resolve({ ok: true, value: { host: bound.address, port: bound.port } });
    });
  });
}
