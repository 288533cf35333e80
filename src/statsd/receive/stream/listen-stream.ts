import { once } from 'node:events';
import { createServer, type ListenOptions, type Socket } from 'node:net';
import { eventLoopRound } from '../../../timing/event-loop-round.ts';
import { LineSplitter } from './line-splitter.ts';
import { PacketSplitter } from './packet-splitter.ts';
import { readInto } from './stream-reading.ts';

/** The most rounds of the event loop in which open connections may still deliver when the listener drains. */
const mostRounds = 10_000;

/** Bytes of one read, as in libuv. */
const chunkBytes = 65_536;

export interface StreamOptions {
  /** The most connections at a time. */
  readonly connections: number;
  /** The longest line in bytes. */
  readonly lineLimit: number;
  /** Processes whole lines: `bytes` from `start` to `end`; the last byte is a newline. */
  readonly take: (bytes: Buffer, start: number, end: number) => void;
  /** An event to count. `framed`: a connection has a length before each packet. */
  readonly event: (event: 'connection' | 'framed' | 'refused' | 'error' | 'too_long') => void;
}

export interface StreamListener {
  /** The address in the form of `net.Server.address`. */
  readonly address: unknown;
  /** Refuses new connections, and processes what has arrived on the open ones. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Listens for connections that send lines. Rejects where it cannot bind.
 *
 * @param mayFrame whether a connection may have a length before each packet.
 */
export async function listenStream(
  where: ListenOptions,
  options: StreamOptions,
  mayFrame = false,
): Promise<StreamListener> {
  const { event } = options;
  const sink = {
    lines: options.take,
    tooLong: () => event('too_long'),
    framed: () => event('framed'),
    torn: () => event('error'),
  };
  const open = new Set<Socket>();
  // Memory pages without a write cost nothing.
  const shared = Buffer.allocUnsafeSlow(chunkBytes);
  let chunks = 0;
  const server = createServer((socket) => {
    event('connection');
    open.add(socket);
    const splitter = mayFrame ? new PacketSplitter(options.lineLimit, sink) : new LineSplitter(options.lineLimit, sink);
    const take = (chunk: Buffer, length: number) => {
      chunks++;
      if (splitter.push(chunk, length) !== false || socket.destroyed) return;
      event('error');
      socket.destroy();
    };
    if (!readInto(socket, shared, (length) => take(shared, length))) {
      socket.on('data', (chunk) => take(chunk, chunk.length));
    }
    socket.on('error', () => event('error'));
    socket.on('close', () => {
      open.delete(socket);
      splitter.end();
    });
  });
  server.maxConnections = options.connections;
  server.on('drop', () => event('refused'));
  const listening = once(server, 'listening');
  server.listen(where);
  await listening;
  server.on('error', () => event('error'));
  let closed: Promise<unknown> | undefined;

  async function drain(): Promise<void> {
    closed ??= new Promise((resolve) => server.close(resolve));
    for (let rounds = 0, before = -1; open.size > 0 && rounds < mostRounds && chunks !== before; rounds++) {
      before = chunks;
      await eventLoopRound();
      await eventLoopRound();
    }
  }

  async function close(): Promise<void> {
    closed ??= new Promise((resolve) => server.close(resolve));
    for (const socket of open) socket.destroy();
    await closed;
  }

  return { address: server.address(), drain, close };
}
