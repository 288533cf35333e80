import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, type LookupFunction, type Socket } from 'node:net';
import type { RelayAddress } from '../../../contract/statsd-sockets.ts';

import type { RelayCounts } from '../../counts/socket-counts.ts';

/** The most bytes that wait for a target; further packets are dropped and counted. */
export const mostWaiting = 2 ** 20;
/** The name is looked up again after this many ticks. */
const lookupTicks = 30;

/** One packet of lines, each with its newline. */
export interface Packet {
  readonly bytes: Buffer;
  readonly lines: number;
}

/** A target of packets. Its calls never throw or reject: failures are counted. */
export interface RelayTarget {
  send(packet: Packet): void;
  /** To be called every second: connects and looks up again where that is due. */
  tick(): void;
  /** The bytes that still wait. */
  waiting(): number;
  close(): void;
}

/** Counts the packets that wait for a target, and their ends. */
function createLedger(counts: RelayCounts) {
  let waiting = 0;
  return {
    waiting: () => waiting,
    /** Whether there is room; otherwise the packet is dropped. */
    admit({ bytes, lines }: Packet): boolean {
      if (waiting + bytes.length > mostWaiting) {
        counts.linesDropped += lines;
        return false;
      }
      waiting += bytes.length;
      return true;
    },
    /** Counts the end of an admitted packet. */
    settle({ bytes, lines }: Packet, isSent: boolean): void {
      waiting -= bytes.length;
      if (isSent) counts.packets++;
      else counts.linesDropped += lines;
    },
  };
}

/**
 * Sends to a UDP address. The socket is connected, so the kernel reports (ICMP) that nothing listens there, which
 * counts as an error. The name is looked up at once, again every 30 s and after an error, since a new pod has another
 * address.
 */
export function createUdpTarget(
  { host, port }: RelayAddress,
  counts: RelayCounts,
  lookup: LookupFunction,
): RelayTarget {
  const ledger = createLedger(counts);
  let socket: UdpSocket | undefined;
  let address = '';
  let ticks = 0;
  let isLookingUp = false;
  let closed = false;
  let early: Packet[] = [];

  const failed = () => {
    counts.errors++;
    ticks = lookupTicks;
  };

  function open(family: number): void {
    const next = createSocket(family === 6 ? 'udp6' : 'udp4');
    next.on('error', () => {
      // A socket that did not connect is made again, even where the address of the name is unchanged.
      if (next !== socket) address = '';
      failed();
    });
    next.connect(port, address, () => {
      if (closed) {
        next.close();
        return;
      }
      socket?.close();
      socket = next;
      const packets = early;
      early = [];
      packets.forEach(write);
    });
  }

  function resolve(): void {
    if (isLookingUp) return;
    isLookingUp = true;
    ticks = 0;
    lookup(host, {}, (error, result, family) => {
      isLookingUp = false;
      if (closed) return;
      if (error !== null) failed();
      else if (typeof result === 'string' && result !== address) {
        address = result;
        open(family ?? 4);
      }
    });
  }

  function write(packet: Packet): void {
    socket!.send(packet.bytes, (error) => {
      ledger.settle(packet, error === null);
      if (error !== null) failed();
    });
  }

  resolve();
  return {
    send(packet) {
      if (!ledger.admit(packet)) return;
      if (socket === undefined) early.push(packet);
      else write(packet);
    },
    tick() {
      if (++ticks > lookupTicks) resolve();
    },
    waiting: ledger.waiting,
    close() {
      closed = true;
      for (const packet of early) ledger.settle(packet, false);
      early = [];
      socket?.close();
      socket = undefined;
    },
  };
}

/**
 * Sends over a TCP connection. A broken connection is made again, at most once a second; the name is looked up each
 * time. Waiting packets are kept. Packets that a broken connection had not handed to the kernel are dropped and
 * counted: it is unknown whether the rest arrived, and lines that arrive twice would be worse than lost ones.
 */
export function createTcpTarget(
  { host, port }: RelayAddress,
  counts: RelayCounts,
  lookup: LookupFunction,
): RelayTarget {
  const ledger = createLedger(counts);
  let socket: Socket | undefined;
  let open = false;
  let queue: Packet[] = [];

  function write(packet: Packet): void {
    socket!.write(packet.bytes, (error) => ledger.settle(packet, error === null || error === undefined));
  }

  function dial(): void {
    const next = connect({ host, port, lookup });
    socket = next;
    next.setNoDelay(true);
    next.on('connect', () => {
      open = true;
      const packets = queue;
      queue = [];
      packets.forEach(write);
    });
    next.on('error', () => counts.errors++);
    // The other side sends nothing, but its end has to be read.
    next.resume();
    next.on('close', () => {
      open = false;
      socket = undefined;
    });
  }

  dial();
  return {
    send(packet) {
      if (!ledger.admit(packet)) return;
      if (open) write(packet);
      else queue.push(packet);
    },
    tick() {
      if (socket === undefined) dial();
    },
    waiting: ledger.waiting,
    close() {
      for (const packet of queue) ledger.settle(packet, false);
      queue = [];
      // Sends the packets in it first, unless it never connected.
      if (open) socket?.destroySoon();
      else socket?.destroy();
    },
  };
}
