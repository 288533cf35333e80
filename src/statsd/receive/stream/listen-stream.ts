import { once } from 'node:events';
import { createServer, type ListenOptions, type Socket } from 'node:net';
import { eventLoopRound } from '../../../timing/event-loop-round.ts';
import { LineSplitter } from './line-splitter.ts';
import { PacketSplitter } from './packet-splitter.ts';
import { readInto } from './stream-reading.ts';

/** Rounds of the event loop in which open connections may still deliver when the listener drains. */
const MOST_ROUNDS = 10_000;

/** Bytes of one read, as libuv has it. */
const CHUNK = 65_536;

export interface StreamOptions {
  /** The most connections at a time. */
  readonly connections: number;
  /** The longest line in bytes. */
  readonly lineLimit: number;
  /** Takes in whole lines: `bytes` from `start` to `end`, of which the last is a newline. */
  readonly take: (bytes: Buffer, start: number, end: number) => void;
  /** Something to count. `framed`: a connection has lengths before its packets. */
  readonly event: (event: 'connection' | 'framed' | 'refused' | 'error' | 'too_long') => void;
}

export interface StreamListener {
  /** As `net.Server.address` says it. */
  readonly address: unknown;
  /** Takes no more connections, and takes in what has arrived on those that are open. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Listens for connections that send lines. Rejects where it cannot bind.
 *
 * @param mayFrame whether a connection may have lengths before its packets.
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
  // Pages that nothing is written to cost nothing.
  const shared = Buffer.allocUnsafeSlow(CHUNK);
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
    for (let rounds = 0, before = -1; open.size > 0 && rounds < MOST_ROUNDS && chunks !== before; rounds++) {
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
