import type { LookupFunction } from 'node:net';
import { type RelayAddress, relayAddress } from '../../../contract/statsd-sockets.ts';
import type { RelayCounts } from '../../counts/socket-counts.ts';
import { createTcpTarget, createUdpTarget } from './relay-target.ts';

const lfByte = 10;
const crByte = 13;
/** The time between two looks at the waiting packets when the process ends, and the most looks: a second. */
const drainStep = 10;
const drainSteps = 100;

export interface RelayOptions {
  readonly targets: readonly RelayAddress[];
  /** The longest packet in bytes. */
  readonly packetLength: number;
  /** Milliseconds after which a line is sent at the latest. */
  readonly interval: number;
  /** Looks up the address of a name. */
  readonly lookup: LookupFunction;
}

/** Sends every line on. No failure of a target is fatal, or slows down the senders. */
export interface Relay {
  /** In the order of the targets. */
  readonly counts: readonly RelayCounts[];
  /** Relays the lines of `bytes` from `start` to `end`; the last byte is a newline. Empty lines are left out. */
  take(bytes: Buffer, start: number, end: number): void;
  /** Sends the waiting lines and closes; a target that takes longer than a second loses them, counted. */
  close(): Promise<void>;
}

/** Opens the relay. A target that cannot be reached yet is tried again. */
export function startRelay({ targets, packetLength, interval, lookup }: RelayOptions): Relay {
  const counts = targets.map(
    (target): RelayCounts => ({
      target: relayAddress.format(target),
      ...{ lines: 0, longLines: 0, packets: 0, linesDropped: 0, errors: 0 },
    }),
  );
  const outlets = targets.map((target, i) =>
    (target.protocol === 'udp' ? createUdpTarget : createTcpTarget)(target, counts[i]!, lookup),
  );
  let packet = Buffer.allocUnsafe(packetLength);
  let length = 0;
  let lines = 0;

  function flush(): void {
    if (lines === 0) return;
    const full = { bytes: packet.subarray(0, length), lines };
    for (const outlet of outlets) outlet.send(full);
    // The targets still read the old buffer.
    packet = Buffer.allocUnsafe(packetLength);
    length = 0;
    lines = 0;
  }

  function line(bytes: Buffer, from: number, to: number): void {
    const size = to - from + 1;
    if (size > packetLength) {
      for (const count of counts) count.longLines++;
      return;
    }
    if (length + size > packetLength) flush();
    bytes.copy(packet, length, from, to);
    packet[length + size - 1] = lfByte;
    length += size;
    lines++;
    for (const count of counts) count.lines++;
  }

  const timer = setInterval(() => {
    flush();
    for (const outlet of outlets) outlet.tick();
  }, interval);
  let closed: Promise<void> | undefined;

  async function end(): Promise<void> {
    flush();
    for (let step = 0; step < drainSteps && outlets.some((outlet) => outlet.waiting() > 0); step++) {
      await new Promise((resolve) => setTimeout(resolve, drainStep));
    }
    clearInterval(timer);
    for (const outlet of outlets) outlet.close();
  }

  return {
    counts,
    take(bytes, start, end) {
      for (let at = start; at < end; ) {
        const newline = bytes.indexOf(lfByte, at);
        const to = newline > at && bytes[newline - 1] === crByte ? newline - 1 : newline;
        if (to > at) line(bytes, at, to);
        at = newline + 1;
      }
    },
    close: () => (closed ??= end()),
  };
}
