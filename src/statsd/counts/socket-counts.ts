/**
 * The counts of one relay target. Each line in the buffer ends up in a packet that is sent, dropped or still waiting.
 */
export interface RelayCounts {
  /** The target in the form of the flag. */
  readonly target: string;
  lines: number;
  longLines: number;
  packets: number;
  linesDropped: number;
  errors: number;
}

/** The counts of Unix sockets, of the targets of the relay, and of threads. */
export interface SocketCounts {
  /** Threads of datagrams that ended unexpectedly. */
  udpWorkersEnded: number;
  unixConnections: number;
  /** Connections with a length before each packet. */
  unixConnectionsFramed: number;
  unixConnectionsRefused: number;
  unixConnectionErrors: number;
  unixTooLongLines: number;
  unixgramPackets: number;
  unixgramErrors: number;
  /** One for each target; empty: there is no relay. */
  relays: readonly RelayCounts[];
}

export function socketCounts(): SocketCounts {
  return {
    udpWorkersEnded: 0,
    unixConnections: 0,
    unixConnectionsFramed: 0,
    unixConnectionsRefused: 0,
    unixConnectionErrors: 0,
    unixTooLongLines: 0,
    unixgramPackets: 0,
    unixgramErrors: 0,
    relays: [],
  };
}
