/** A body that is being received. */
export interface OpenBody {
  /** Counts what came of it; may give up the largest body under way, this one included. */
  grew(bytes: number): void;
  /** It is whole, or nothing of it is wanted any more. */
  close(): void;
}

/** The memory that bodies being received may take together. */
export interface Inflight {
  /** Bytes that came and are held. What was announced and did not come takes nothing. */
  readonly bytes: number;
  readonly most: number;
  /** @param giveUp called where the body has to go: it lets go of its bytes, and is closed already. */
  open(giveUp: () => void): OpenBody;
}

interface Held {
  bytes: number;
  readonly giveUp: () => void;
}

/** Pieces of bodies are garbage once they are put together: room is made before so much of it lies there. */
const bytesBetween = 512 * 1024;

/**
 * Bounds what all bodies together hold. Beyond it the largest one goes, the oldest of equals: a sender that keeps many
 * bodies unfinished loses one of them, and a small request that comes and goes is taken all the while.
 *
 * @param makeRoom called now and then while bodies come
 */
export function createInflight(most: number, makeRoom: () => void = () => {}): Inflight {
  const open = new Set<Held>();
  let total = 0;
  let sinceRoom = 0;
  const close = (body: Held) => {
    if (!open.delete(body)) return;
    total -= body.bytes;
  };
  return {
    most,
    get bytes() {
      return total;
    },
    open(giveUp) {
      const body: Held = { bytes: 0, giveUp };
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

/** Of bodies that hold something: `total` would not be too much otherwise. */
function largestOf(bodies: Iterable<Held>): Held {
  let largest: Held | undefined;
  for (const body of bodies) if (largest === undefined || body.bytes > largest.bytes) largest = body;
  return largest!;
}
