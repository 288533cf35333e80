import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { type Closed, createClosedCount, type Doing } from './closed-count.ts';

/** Which connections go first where room is needed. */
const order: readonly Doing[] = ['silent', 'idle', 'busy'];

export interface ConnectionBounds {
  /** Of all servers together. */
  readonly most: number;
  /** Told of those that were closed to make room: of the first at once, then at most once a minute. */
  readonly tell: (closed: Closed) => void;
  /** Called at each new connection. */
  readonly makeRoom?: () => void;
}

export interface ConnectionGuard {
  /** Watches a server of HTTP or HTTPS; to be called before it listens. */
  watch(server: Server): void;
  /** Connections that are open now. */
  open(): number;
  /** Those that were closed to make room. */
  readonly closed: Closed;
}

interface Connection {
  /** The outermost that is known: of TLS once there was a request. */
  socket: Socket;
  /** Both ends of TCP. */
  readonly ends: string;
  readonly peer: string;
  doing: Doing;
  requests: number;
}

/**
 * Keeps servers to `most` connections, and lets every new one in: where there is no room another is closed. Silent ones
 * go before idle ones, those before busy ones; among them one of the address that has the most of these, and of that
 * address the one that has been so for the longest. So connections that nobody used go before those of a client, and a
 * peer that opens many loses its own.
 *
 * What is counted is the TCP connection, since one in its TLS handshake takes memory too.
 */
export function createConnectionGuard({ most, tell, makeRoom = () => {} }: ConnectionBounds): ConnectionGuard {
  /** By the ends: a TLS socket does not say which TCP socket it lies on. */
  const open = new Map<string, Connection>();
  const ranks = { silent: createRank(), idle: createRank(), busy: createRank() };
  const count = createClosedCount(tell);

  const move = (connection: Connection, doing: Doing) => {
    ranks[connection.doing].remove(connection);
    connection.doing = doing;
    ranks[doing].add(connection);
  };
  const forget = (connection: Connection) => {
    ranks[connection.doing].remove(connection);
    if (open.get(connection.ends) === connection) open.delete(connection.ends);
  };
  const closeOne = () => {
    const doing = order.find((one) => ranks[one].size() > 0)!;
    const connection = ranks[doing].first();
    forget(connection);
    count.closed(doing);
    connection.socket.destroy();
  };
  const connected = (socket: Socket) => {
    const ends = endsOf(socket);
    // It was closed before anybody looked at it.
    if (ends === undefined) return;
    makeRoom();
    while (open.size >= most) closeOne();
    const connection: Connection = { socket, ends, peer: socket.remoteAddress ?? '', doing: 'silent', requests: 0 };
    open.set(ends, connection);
    ranks.silent.add(connection);
    socket.once('close', () => forget(connection));
  };

  const known = new WeakMap<Socket, Connection>();
  const requested = ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = known.get(socket) ?? open.get(endsOf(socket) ?? '');
    if (connection === undefined) return;
    known.set(socket, connection);
    connection.socket = socket;
    connection.requests += 1;
    if (connection.requests === 1) move(connection, 'busy');
    response.once('close', () => {
      connection.requests -= 1;
      if (connection.requests === 0 && open.get(connection.ends) === connection) move(connection, 'idle');
    });
  };

  return {
    watch(server) {
      // Before what the server itself does with it: that takes memory.
      server.prependListener('connection', connected);
      (server as EventEmitter).on('request', requested);
    },
    open: () => open.size,
    closed: count.counts,
  };
}

function endsOf({ remoteAddress, remotePort, localPort }: Socket): string | undefined {
  return remotePort === undefined ? undefined : `${remoteAddress} ${remotePort} ${localPort}`;
}

/** Connections that do the same, by their peer, the oldest first. */
function createRank() {
  const peers = new Map<string, Set<Connection>>();
  return {
    size: () => peers.size,
    add(connection: Connection) {
      const same = peers.get(connection.peer);
      if (same === undefined) peers.set(connection.peer, new Set([connection]));
      else same.add(connection);
    },
    remove(connection: Connection) {
      const same = peers.get(connection.peer);
      if (same?.delete(connection) && same.size === 0) peers.delete(connection.peer);
    },
    /** The oldest of the peer that has the most. */
    first(): Connection {
      let most: ReadonlySet<Connection> = new Set();
      for (const same of peers.values()) if (same.size > most.size) most = same;
      const [oldest] = most;
      return oldest!;
    },
  };
}
