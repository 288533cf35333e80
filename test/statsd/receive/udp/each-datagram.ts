import { type Inbox, longestDatagram } from '../../../../src/statsd/receive/udp/inbox.ts';

/** An inbox that hands over each datagram on its own, as text with its newline. */
export function each(take: (datagram: string) => void): Inbox {
  const bytes = Buffer.alloc(longestDatagram + 1);
  return {
    bytes,
    place: () => 0,
    put(length) {
      bytes[length] = 10;
      take(bytes.toString('latin1', 0, length + 1));
    },
    hand() {},
  };
}
