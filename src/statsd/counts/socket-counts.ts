/** What became of the lines for one target. Lines: every one that was buffered is in a packet that is sent, dropped or still waits. */
export interface RelayCounts {
  /** As the flag has it. */
  readonly target: string;
  lines: number;
  longLines: number;
  packets: number;
  linesDropped: number;
  errors: number;
}

/** What came over Unix sockets, what went out to the targets of the relay, and what became of threads. */
export interface SocketCounts {
  /** Threads that received datagrams and ended by themselves. */
  udpWorkersEnded: number;
  unixConnections: number;
  /** Those that have lengths before their packets. */
  unixConnectionsFramed: number;
  unixConnectionsRefused: number;
  unixConnectionErrors: number;
  unixTooLongLines: number;
  unixgramPackets: number;
  unixgramErrors: number;
  /** One a target; none: nothing is relayed. */
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
