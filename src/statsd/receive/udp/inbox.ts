/** The largest UDP payload, and one byte. */
export const LONGEST_DATAGRAM = 65_536;
/** Bytes that are handed over at once, about: what fits the cache nearest to a core but for little. */
const BATCH = 65_536;
const LF = 10;

/**
 * Where a reader puts datagrams, one behind the other, each with a newline behind it: many of them are then read as one stretch of
 * lines, and none costs more than its bytes.
 */
export interface Inbox {
  readonly bytes: Buffer;
  /** Where the next datagram goes: there is room for the longest. */
  place(): number;
  /** A datagram of this length lies at `place()` now. */
  put(length: number): void;
  /** Hands over what was put. */
  hand(): void;
}

/** An inbox of this thread. @param take takes in the lines of `bytes` up to `end`, of so many datagrams. */
export function createInbox(take: (bytes: Buffer, end: number, datagrams: number) => void): Inbox {
  // Pages that nothing is written to cost nothing.
  const bytes = Buffer.allocUnsafeSlow(BATCH + LONGEST_DATAGRAM + 1);
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
      if (end > BATCH) hand();
      return end;
    },
    put(length) {
      bytes[end + length] = LF;
      end += length + 1;
      datagrams++;
    },
    hand,
  };
}
