import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readSync } from 'node:fs';
import type { Address } from '../flags/codecs.ts';
import type { Logger } from '../scrape/runtime.ts';
import { eventLoopRound } from './event-loop-round.ts';
import { kernelDrops, type OwnSocket } from './proc-net-udp.ts';

/** The largest UDP payload and the newline behind it. */
const BUFFER = 65_536;
const LF = 10;
/**
 * Datagrams read after one that Node delivered, before it may do something else. More would save little and let the event loop wait:
 * with 512 the longest stall in overload was 70-80 ms, with 32 it was 17-19.
 */
const DRAIN = 32;
/** Where wakes found nothing more, this many pass without trying again, at most: an empty read costs more than a datagram. */
const MOST_SKIPPED = 64;
/** Rounds of the event loop in which a draining socket may still deliver. */
const MOST_ROUNDS = 10_000;

export interface UdpOptions {
  readonly address: Address;
  /** SO_RCVBUF to ask for; 0 leaves the kernel's default. */
  readonly readBuffer: number;
  readonly log: Logger;
  /** Takes in `bytes` up to `end`; the byte before `end` is a newline. */
  readonly take: (bytes: Buffer, end: number) => void;
  /** Called once for each time the socket wakes the process, before its datagrams. */
  readonly wake: () => void;
  readonly failed: () => void;
  /** Finds the socket's descriptor; undefined: datagrams are taken one event each. */
  readonly findSocket: (family: 'udp4' | 'udp6', port: number) => OwnSocket | undefined;
}

export interface UdpListener {
  readonly host: string;
  readonly port: number;
  /** Whether datagrams are read from the descriptor too. */
  readonly draining: boolean;
  readonly drops: () => Promise<number | undefined>;
  /** Takes in what is in the receive buffer. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Listens for datagrams. An empty host means IPv4 and IPv6 where the machine has both. Rejects where it cannot bind. */
export async function listenUdp(options: UdpOptions): Promise<UdpListener> {
  const { socket, family } = await bind(options);
  const { address: host, port } = socket.address();
  const own = options.findSocket(family, port);
  const reader = createReader(options, own);
  socket.on('message', reader.message);
  socket.on('error', (error) => {
    options.failed();
    options.log.warn('statsd: UDP', { error: error.message });
  });
  let open = true;
  return {
    host,
    port,
    draining: own !== undefined,
    drops: async () => (open && own !== undefined ? kernelDrops(own) : undefined),
    async drain() {
      // Without a descriptor the event loop delivers; a whole round without a datagram means that there are no more.
      for (let rounds = 0, before = -1; open && rounds < MOST_ROUNDS && reader.count() !== before; rounds++) {
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

async function bind(options: UdpOptions): Promise<{ readonly socket: Socket; readonly family: 'udp4' | 'udp6' }> {
  const { host, port } = options.address;
  const families = host === '' ? (['udp6', 'udp4'] as const) : ([host.includes(':') ? 'udp6' : 'udp4'] as const);
  for (const family of families) {
    const socket = createSocket(family);
    try {
      const bound = once(socket, 'listening');
      socket.bind(host === '' ? { port, exclusive: true } : { port, address: host, exclusive: true });
      await bound;
      setReceiveBuffer(socket, options);
      return { socket, family };
    } catch (error) {
      socket.close();
      const { code } = error as NodeJS.ErrnoException;
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

/** Takes datagrams as Node delivers them and, after each, those that already wait behind it. */
function createReader(options: UdpOptions, own: OwnSocket | undefined) {
  const buffer = Buffer.allocUnsafeSlow(BUFFER + 1);
  let descriptor = own?.descriptor;
  let count = 0;
  let skip = 0;
  let skipped = 0;

  function take(length: number): void {
    count++;
    buffer[length] = LF;
    options.take(buffer, length + 1);
  }

  /** Reads at most `most` waiting datagrams from the descriptor; returns how many there were. */
  function read(most: number): number {
    if (descriptor === undefined) return 0;
    const { stackTraceLimit } = Error;
    // The read ends with an exception (EAGAIN), whose stack trace would cost more than the reads.
    Error.stackTraceLimit = 0;
    let got = 0;
    try {
      for (; got < most; got++) take(readSync(descriptor, buffer, 0, BUFFER, null));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      if (code === 'EBADF') descriptor = undefined;
      else if (code !== 'EAGAIN') options.failed();
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    return got;
  }

  return {
    count: () => count,
    message(datagram: Buffer): void {
      options.wake();
      datagram.copy(buffer);
      take(datagram.length);
      if (skip > 0) {
        skip--;
        return;
      }
      skipped = read(DRAIN) > 0 ? 0 : Math.min(MOST_SKIPPED, skipped * 2 + 1);
      skip = skipped;
    },
    rest: () => read(Number.POSITIVE_INFINITY),
    stop(): void {
      // The number may soon name another file.
      descriptor = undefined;
    },
  };
}
