/** The largest UDP payload, and one byte. */
export const longestDatagram = 65_536;
/** The inbox hands over about this many bytes at once: nearly the size of the cache nearest to a core. */
const batch = 65_536;
const lfByte = 10;

/**
 * The buffer of a reader: datagrams one after the other, each with a newline behind it. Many datagrams are then one
 * stretch of lines, and none costs more than its bytes.
 */
export interface Inbox {
  readonly bytes: Buffer;
  /** The place of the next datagram, with room for the longest. */
  place(): number;
  /** Adds the datagram of this length at `place()`. */
  put(length: number): void;
  /** Hands over the datagrams so far. */
  hand(): void;
}

/** Makes an inbox of this thread. @param take processes the lines of `bytes` up to `end`, and counts the datagrams. */
export function createInbox(take: (bytes: Buffer, end: number, datagrams: number) => void): Inbox {
  // Memory pages without a write cost nothing.
  const bytes = Buffer.allocUnsafeSlow(batch + longestDatagram + 1);
  let end = 0;
  let datagrams = 0;

  function hand(): void {
    if (datagrams === 0) return;
    const [lines, count] = [end, datagrams];
    end = datagrams = 0;
    take(bytes, lines, count);
  }

  return {
    bytes,
    place() {
      if (end > batch) hand();
      return end;
    },
    put(length) {
      bytes[end + length] = lfByte;
      end += length + 1;
      datagrams++;
    },
    hand,
  };
}
