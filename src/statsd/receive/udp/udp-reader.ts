import { readSync } from 'node:fs';
import { type Inbox, LONGEST_DATAGRAM } from './inbox.ts';
import { createPolling, type PollingOptions } from './udp-polling.ts';
import type { Receiving } from './udp-receiving.ts';

/**
 * Datagrams read after one that Node delivered, before it may do something else. libuv delivers up to 32 of its own before it looks at
 * other sockets: with 512 reads after each, the longest stall in overload was 70-80 ms, with 32 it was 17-19.
 */
const DRAIN = 32;
/** Where wakes found nothing more, this many pass without trying again, at most: an empty read costs more than a datagram. */
const MOST_SKIPPED = 64;
/** What the kernel charges a receive buffer for a datagram beside its bytes. */
const CHARGE = 768;

export interface ReaderOptions extends Pick<PollingOptions, 'clock' | 'capacity' | 'wake'> {
  /** Where datagrams go; it hands them over when a read ends, and before where it has to. */
  readonly inbox: Inbox;
  /** A read failed. */
  readonly failed: () => void;
  /** The socket's own descriptor; undefined: datagrams are taken one event each. */
  readonly descriptor: number | undefined;
  /** Stops the events; undefined: they go on. */
  readonly receiving: Receiving | undefined;
}

/** Reads one UDP socket. */
export interface Reader {
  /** Takes a datagram that Node delivered and, behind it, those that already wait. */
  message(datagram: Buffer): void;
  /** Takes everything that waits. */
  rest(): void;
  /** Datagrams so far. */
  count(): number;
  /** Whether the socket is polled at present. */
  polling(): boolean;
  /** To be called before the socket is closed: its descriptor may soon name another file. */
  stop(): void;
}

/**
 * The cheapest way to read depends on the rate. CPU µs for each datagram of one line, reading the line included, in runs in turns with
 * statsd_exporter, which took 5 to 6 at 50,000 a second and 4.5 at 100,000 (`bench/statsd.ts --peer`, scenarios udp-1 and udp-1-fast):
 *
 * - Event by event ('message' of node:dgram): 3.9, 3.4. A buffer, an address object and a callback for each.
 * - Drained after each event, through the descriptor: 2.7, 2.2. Nothing is made for a datagram, but where lines come one by one each
 *   of them wakes the event loop.
 * - Polled: 1.4, 1.2; 1.0 since the lines of all datagrams of a poll are read as one stretch. What is left is the system call (0.5),
 *   Node's way to it (0.3) and the line.
 *
 * One thread that polls takes more than half a million datagrams a second; more of them, each with a socket of its own, are
 * `--statsd.udp-workers`.
 */
export function createReader(options: ReaderOptions): Reader {
  const { receiving, inbox } = options;
  let { descriptor } = options;
  let count = 0;
  let bytes = 0;
  let skip = 0;
  let skipped = 0;
  const polling =
    descriptor === undefined || receiving === undefined
      ? undefined
      : createPolling({
          ...{ ...options, receiving },
          read(most) {
            const before = bytes;
            const got = read(most);
            return { count: got, held: bytes - before + got * CHARGE };
          },
        });

  function put(length: number): void {
    count++;
    bytes += length;
    inbox.put(length);
  }

  /** Reads at most `most` waiting datagrams from the descriptor; returns how many there were. */
  function read(most: number): number {
    if (descriptor === undefined) {
      inbox.hand();
      return 0;
    }
    const { stackTraceLimit } = Error;
    // The read ends with an exception (EAGAIN), whose stack trace would cost more than the reads.
    Error.stackTraceLimit = 0;
    let got = 0;
    try {
      for (; got < most; got++) put(readSync(descriptor, inbox.bytes, inbox.place(), LONGEST_DATAGRAM, null));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      if (code === 'EBADF') descriptor = undefined;
      else if (code !== 'EAGAIN') options.failed();
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    inbox.hand();
    return got;
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
      skipped = read(DRAIN) > 0 ? 0 : Math.min(MOST_SKIPPED, skipped * 2 + 1);
      skip = skipped;
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
