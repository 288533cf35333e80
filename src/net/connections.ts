import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { type Closed, type ConnectionState, createClosedCount } from './closed-count.ts';

/** The order in which connections are closed where room is needed. */
const order: readonly ConnectionState[] = ['silent', 'idle', 'busy'];

export interface ConnectionBounds {
  /** Connections of all servers together. */
  readonly most: number;
  /** Receives the connections that were closed to make room: the first at once, then at most once a minute. */
  readonly tell: (closed: Closed) => void;
  /** Called at each new connection. */
  readonly makeRoom?: () => void;
}

export interface ConnectionGuard {
  /** Watches a server of HTTP or HTTPS; to be called before it listens. */
  watch(server: Server): void;
  /** How many connections are open. */
  open(): number;
  /** The connections that were closed to make room. */
  readonly closed: Closed;
}

interface Connection {
  /** The TCP socket, or the TLS socket once there was a request. */
  socket: Socket;
  /** The addresses and ports of both ends of TCP. */
  readonly ends: string;
  readonly peer: string;
  doing: ConnectionState;
  requests: number;
}

/**
 * Limits servers to `most` connections, and accepts every new one: where there is no room, another one is closed.
 * Silent ones go before idle ones, idle ones before busy ones; among them one of the address with the most connections
 * in that state, and of that address the one with the longest time in it. So unused connections go before those of a
 * client, and a peer that opens many loses its own.
 *
 * TCP connections are counted, since one in its TLS handshake takes memory too.
 */
export function createConnectionGuard({ most, tell, makeRoom = () => {} }: ConnectionBounds): ConnectionGuard {
  /** By the ends, since a TLS socket does not name its TCP socket. */
  const open = new Map<string, Connection>();
  const ranks = { silent: createRank(), idle: createRank(), busy: createRank() };
  const count = createClosedCount(tell);

  const move = (connection: Connection, doing: ConnectionState) => {
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
    // It was closed before this event.
    if (ends === undefined) return;
    makeRoom();
    while (open.size >= most) closeOne();
    const connection: Connection = { socket, ends, peer: socket.remoteAddress ?? '', doing: 'silent', requests: 0 };
    open.set(ends, connection);
    ranks.silent.add(connection);
    socket.once('close', () => forget(connection));
  };

  const byRequest = new WeakMap<Socket, Connection>();
  const requested = ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = byRequest.get(socket) ?? open.get(endsOf(socket) ?? '');
    if (connection === undefined) return;
    byRequest.set(socket, connection);
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
      // Before the server's own listener, which takes memory.
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

/** The connections of one state, by their peer, the oldest first. */
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
    /** The oldest connection of the peer that has the most. */
    first(): Connection {
      let most: ReadonlySet<Connection> = new Set();
      for (const same of peers.values()) if (same.size > most.size) most = same;
      const [oldest] = most;
      return oldest!;
    },
  };
}
