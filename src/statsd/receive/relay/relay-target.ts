import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, type LookupFunction, type Socket } from 'node:net';
import type { RelayAddress } from '../../../contract/statsd-sockets.ts';

import type { RelayCounts } from '../../counts/socket-counts.ts';

/** Bytes that wait for a target at most; what comes beyond is dropped and counted. */
export const MOST_WAITING = 2 ** 20;
/** Ticks after which a name is looked up again. */
const LOOKUP_TICKS = 30;

/** One packet of lines, each with its newline. */
export interface Packet {
  readonly bytes: Buffer;
  readonly lines: number;
}

/** Where packets go. None of its calls throws or rejects: what fails is counted. */
export interface RelayTarget {
  send(packet: Packet): void;
  /** To be called every second: connects and looks up again where that is due. */
  tick(): void;
  /** Bytes that are not sent yet. */
  waiting(): number;
  close(): void;
}

/** Counts what waits for a target, and what became of it. */
function createLedger(counts: RelayCounts) {
  let waiting = 0;
  return {
    waiting: () => waiting,
    /** Whether there is room; without, the packet is dropped. */
    admit({ bytes, lines }: Packet): boolean {
      if (waiting + bytes.length > MOST_WAITING) {
        counts.linesDropped += lines;
        return false;
      }
      waiting += bytes.length;
      return true;
    },
    /** What came of an admitted packet. */
    settle({ bytes, lines }: Packet, sent: boolean): void {
      waiting -= bytes.length;
      if (sent) counts.packets++;
      else counts.linesDropped += lines;
    },
  };
}

/**
 * Sends to a UDP address. The socket is connected: then the kernel says (ICMP) that nobody listens there, which counts as an error. The
 * name is looked up at once, again every 30 s and after an error, since a pod that is replaced has another address.
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
  let looking = false;
  let closed = false;
  let early: Packet[] = [];

  const failed = () => {
    counts.errors++;
    ticks = LOOKUP_TICKS;
  };

  function open(family: number): void {
    const next = createSocket(family === 6 ? 'udp6' : 'udp4');
    next.on('error', () => {
      // One that did not connect is made again, even where the name still means the same.
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
    if (looking) return;
    looking = true;
    ticks = 0;
    lookup(host, {}, (error, found, family) => {
      looking = false;
      if (closed) return;
      if (error !== null) failed();
      else if (typeof found === 'string' && found !== address) {
        address = found;
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
      if (++ticks > LOOKUP_TICKS) resolve();
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
 * Sends over a TCP connection, which is made again where it broke, at most once a second; the name is looked up each time. What waits
 * meanwhile is kept. What a broken connection had not handed to the kernel yet is dropped and counted: whether the rest arrived is
 * not known, and twice would be worse than not at all.
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
    // The other side has nothing to say, but its end has to be read.
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
      // Sends what waits in it first, unless it never connected.
      if (open) socket?.destroySoon();
      else socket?.destroy();
    },
  };
}
