import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { once } from 'node:events';
import type { Address } from '../../../flags/codecs.ts';
import type { Logger } from '../../../runtime/logger.ts';
import { eventLoopRound } from '../../../timing/event-loop-round.ts';
import { kernelDrops, type OwnSocket } from './proc-net-udp.ts';
import { createReader, type ReaderOptions } from './udp-reader.ts';
import { descriptorOf, receivingOf } from './udp-receiving.ts';

/** The most rounds of the event loop in which a draining socket may still deliver. */
const mostRounds = 10_000;

export interface UdpOptions extends Pick<ReaderOptions, 'inbox' | 'wake' | 'failed' | 'clock'> {
  readonly address: Address;
  /** Whether other sockets may have the same address; the kernel spreads the senders among them (SO_REUSEPORT). */
  readonly shared: boolean;
  /** The requested SO_RCVBUF; 0: the default of the kernel. */
  readonly readBuffer: number;
  readonly log: Logger;
  /** Finds the descriptor of the socket; undefined: each datagram is an event. */
  readonly findSocket: (family: 'udp4' | 'udp6', port: number, likely: number | undefined) => OwnSocket | undefined;
}

export interface UdpListener {
  readonly host: string;
  readonly port: number;
  /** The current way of reading. */
  reading(): 'events' | 'draining' | 'polling';
  /** The entry of the socket in the lists of the kernel; undefined: there is none. */
  readonly own: OwnSocket | undefined;
  readonly drops: () => Promise<number | undefined>;
  /** Takes in the datagrams of the receive buffer. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Listens for datagrams. An empty host means IPv4 and IPv6 where the machine has both. Rejects where it cannot bind.
 */
export async function listenUdp(options: UdpOptions): Promise<UdpListener> {
  const { socket, family } = await bind(options);
  const { address: host, port } = socket.address();
  const own = options.findSocket(family, port, descriptorOf(socket));
  const reader = createReader({
    ...options,
    descriptor: own?.descriptor,
    receiving: receivingOf(socket),
    capacity: socket.getRecvBufferSize(),
  });
  socket.on('message', reader.message);
  socket.on('error', (error) => {
    options.failed();
    options.log.warn('statsd: UDP', { error: error.message });
  });
  let open = true;
  return {
    host,
    port,
    reading: () => (reader.polling() ? 'polling' : own === undefined ? 'events' : 'draining'),
    own,
    drops: async () => (open && own !== undefined ? (await kernelDrops([own]))[0] : undefined),
    async drain() {
      // Without a descriptor the event loop delivers; a whole round without a datagram means that the buffer is empty.
      for (let rounds = 0, before = -1; open && rounds < mostRounds && reader.count() !== before; rounds++) {
        before = reader.count();
        reader.rest();
        await eventLoopRound();
        await eventLoopRound();
      }
    },
    async close() {
      if (!open) return;
      open = false;
      reader.stop();
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/** From 23.1 on, and 22.12; older versions ignore the option. */
function sharesPorts(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

async function bind(options: UdpOptions): Promise<{ readonly socket: Socket; readonly family: 'udp4' | 'udp6' }> {
  const { shared } = options;
  if (shared && !sharesPorts(process.versions.node)) {
    throw new Error(`Node ${process.versions.node} cannot share a UDP port among sockets (22.12 can): use one worker`);
  }
  const { host, port } = options.address;
  const families = host === '' ? (['udp6', 'udp4'] as const) : ([host.includes(':') ? 'udp6' : 'udp4'] as const);
  for (const family of families) {
    const socket = createSocket({ type: family, reusePort: shared } as SocketOptions);
    try {
      const bound = once(socket, 'listening');
      socket.bind(host === '' ? { port, exclusive: true } : { port, address: host, exclusive: true });
      await bound;
      setReceiveBuffer(socket, options);
      return { socket, family };
    } catch (error) {
      socket.close();
      const { code } = error as NodeJS.ErrnoException;
      if (shared && code === 'ENOTSUP') {
        throw new Error('this platform cannot share a UDP port among sockets (SO_REUSEPORT): one worker does without', {
          cause: error,
        });
      }
      const withoutIpv6 = code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL' || code === 'EINVAL';
      if (family === families[families.length - 1] || !withoutIpv6) throw error;
    }
  }
  throw new Error('unreachable: every family was tried');
}

function setReceiveBuffer(socket: Socket, { readBuffer, log }: UdpOptions): void {
  if (readBuffer === 0) return;
  try {
    socket.setRecvBufferSize(readBuffer);
  } catch (error) {
    log.warn('statsd: the kernel refused the UDP receive buffer', {
      size: readBuffer,
      error: (error as Error).message,
    });
  }
}
