import { readSync } from 'node:fs';
import { type Inbox, longestDatagram } from './inbox.ts';
import { createPolling, type PollingOptions } from './udp-polling.ts';
import type { Receiving } from './udp-receiving.ts';

/**
 * Datagrams read after each one that Node delivered, before other work. libuv delivers up to 32 datagrams before it
 * looks at other sockets: with 512 reads after each, the longest stall in overload was 70-80 ms, with 32 it was 17-19.
 */
const drain = 32;
/** The most wakes without a try after an empty read, which costs more than a datagram. */
const mostSkipped = 64;
/** The bytes that the kernel charges a receive buffer for a datagram beside its own. */
const charge = 768;

export interface ReaderOptions extends Pick<PollingOptions, 'clock' | 'capacity' | 'wake'> {
  /** The inbox, which hands datagrams over when a read ends, and before when it is full. */
  readonly inbox: Inbox;
  /** Counts a read that failed. */
  readonly failed: () => void;
  /** The descriptor of the socket; undefined: each datagram is an event. */
  readonly descriptor: number | undefined;
  /** The switch of the events; undefined: they go on. */
  readonly receiving: Receiving | undefined;
}

/** Reads one UDP socket. */
export interface Reader {
  /** Takes a datagram that Node delivered, and those that wait behind it. */
  message(datagram: Buffer): void;
  /** Takes all waiting datagrams. */
  rest(): void;
  /** The number of datagrams so far. */
  count(): number;
  /** Whether polling is on. */
  polling(): boolean;
  /** To be called before the socket is closed: another file may get its descriptor soon. */
  stop(): void;
}

/**
 * The cheapest way to read depends on the rate. CPU µs for each datagram of one line, reading the line included, in
 * alternating runs with statsd_exporter, which took 5 to 6 at 50,000 a second and 4.5 at 100,000
 * (`bench/statsd.ts --peer`, scenarios udp-1 and udp-1-fast):
 *
 * - Event by event ('message' of node:dgram): 3.9, 3.4. A buffer, an address object and a callback for each.
 * - Drained after each event, through the descriptor: 2.7, 2.2. No allocation for a datagram, but where lines come one
 *   by one each of them wakes the event loop.
 * - Polled: 1.4, 1.2; 1.0 since the lines of all datagrams of a poll are read as one stretch. The rest is the system
 *   call (0.5), Node's way to it (0.3) and the line.
 *
 * One thread that polls takes more than half a million datagrams a second; for more, `--statsd.udp-workers` adds
 * threads, each with a socket of its own.
 */
export function createReader(options: ReaderOptions): Reader {
  const { receiving, inbox } = options;
  let { descriptor } = options;
  let count = 0;
  let bytes = 0;
  let skip = 0;
  let lastSkip = 0;
  const polling =
    descriptor === undefined || receiving === undefined
      ? undefined
      : createPolling({
          ...{ ...options, receiving },
          read(most) {
            const before = bytes;
            const datagrams = read(most);
            return { count: datagrams, bytes: bytes - before + datagrams * charge };
          },
        });

  function put(length: number): void {
    count++;
    bytes += length;
    inbox.put(length);
  }

  /** Reads at most `most` waiting datagrams from the descriptor; returns their number. */
  function read(most: number): number {
    if (descriptor === undefined) {
      inbox.hand();
      return 0;
    }
    const { stackTraceLimit } = Error;
    // The last read throws (EAGAIN); a stack trace would cost more than the reads.
    Error.stackTraceLimit = 0;
    let datagrams = 0;
    try {
      for (; datagrams < most; datagrams++)
        put(readSync(descriptor, inbox.bytes, inbox.place(), longestDatagram, null));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      if (code === 'EBADF') descriptor = undefined;
      else if (code !== 'EAGAIN') options.failed();
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    inbox.hand();
    return datagrams;
  }

  return {
    message(datagram) {
      options.wake();
      datagram.copy(inbox.bytes, inbox.place());
      put(datagram.length);
      if (polling?.woken()) return;
      if (skip > 0) {
        skip--;
        inbox.hand();
        return;
      }
      lastSkip = read(drain) > 0 ? 0 : Math.min(mostSkipped, lastSkip * 2 + 1);
      skip = lastSkip;
    },
    rest: () => void read(Number.POSITIVE_INFINITY),
    count: () => count,
    polling: () => polling?.active() ?? false,
    stop() {
      descriptor = undefined;
      polling?.stop();
    },
  };
}
