/** A body that is being received. */
export interface OpenBody {
  /** Counts received bytes; may give up the largest body under way, even this one. */
  grew(bytes: number): void;
  /** The body is complete, or no longer wanted. */
  close(): void;
}

/** The memory of all bodies that are being received. */
export interface Inflight {
  /** Bytes that were received and are held; announced bytes do not count. */
  readonly bytes: number;
  readonly most: number;
  /** @param giveUp called where the body has to release its bytes; it is closed already. */
  open(giveUp: () => void): OpenBody;
}

interface Entry {
  bytes: number;
  readonly giveUp: () => void;
}

/** Bytes between two calls of `makeRoom`: pieces of bodies are garbage once they are joined. */
const bytesBetween = 512 * 1024;

/**
 * Bounds the memory of all bodies together. Beyond it the largest body is given up, of equals the oldest: a sender with
 * many unfinished bodies loses one of them, and small requests are still received.
 *
 * @param makeRoom called now and then while bodies are received
 */
export function createInflight(most: number, makeRoom: () => void = () => {}): Inflight {
  const open = new Set<Entry>();
  let total = 0;
  let sinceRoom = 0;
  const close = (body: Entry) => {
    if (!open.delete(body)) return;
    total -= body.bytes;
  };
  return {
    most,
    get bytes() {
      return total;
    },
    open(giveUp) {
      const body: Entry = { bytes: 0, giveUp };
      open.add(body);
      return {
        grew(bytes) {
          if (!open.has(body)) return;
          body.bytes += bytes;
          total += bytes;
          sinceRoom += bytes;
          if (sinceRoom > bytesBetween) {
            sinceRoom = 0;
            makeRoom();
          }
          while (total > most) {
            const largest = largestOf(open);
            close(largest);
            largest.giveUp();
          }
        },
        close: () => close(body),
      };
    },
  };
}

/** There is one: `total` is over the limit. */
function largestOf(bodies: Iterable<Entry>): Entry {
  let largest: Entry | undefined;
  for (const body of bodies) if (largest === undefined || body.bytes > largest.bytes) largest = body;
  return largest!;
}
