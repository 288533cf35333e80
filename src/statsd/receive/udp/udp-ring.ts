import type { Inbox } from './inbox.ts';
import { LONGEST_DATAGRAM } from './inbox.ts';

const LF = 10;
/** The size of a ring; at least twice the longest datagram. */
const RING = 512 * 1024;
/** The places of the numbers in front of the bytes. Offsets count from the first byte behind them. */
const HEAD = 0;
const TAIL = 1;
const WRAP = 2;
const DATAGRAMS = 3;
const ERRORS = 4;
const NUMBERS = 16;
/** A datagram, its newline, and one byte: a full ring would look like an empty one. */
const ROOM = LONGEST_DATAGRAM + 2;

/**
 * The way of datagrams from the thread that receives them to the thread that reads their lines: shared memory with one
 * writer and one reader, so that a datagram needs no copy, no allocation and no lock.
 *
 * Datagrams lie one after the other, each with a newline behind it. The writer moves the head, the reader the tail.
 * Where the room at the end is too short for the longest datagram, the writer notes its place and continues at the
 * beginning.
 */
export function createRing(bytes = RING): SharedArrayBuffer {
  return new SharedArrayBuffer(NUMBERS * Int32Array.BYTES_PER_ELEMENT + bytes);
}

function parts(ring: SharedArrayBuffer): { readonly numbers: Int32Array<SharedArrayBuffer>; readonly bytes: Buffer } {
  const numbers = new Int32Array(ring, 0, NUMBERS);
  return { numbers, bytes: Buffer.from(ring, numbers.byteLength) as Buffer };
}

export interface RingInbox extends Inbox {
  /** Counts a read that failed. */
  failed(): void;
}

/**
 * The writer's end. Where there is no room the thread waits; the kernel keeps the datagrams that come meanwhile, and
 * counts those that it drops.
 */
export function ringInbox(ring: SharedArrayBuffer): RingInbox {
  const { numbers, bytes } = parts(ring);
  let head = Atomics.load(numbers, HEAD);
  let datagrams = 0;

  function hand(): void {
    if (datagrams === 0) return;
    // Stored before the head: a reader that sees the bytes also sees the number of datagrams.
    Atomics.add(numbers, DATAGRAMS, datagrams);
    datagrams = 0;
    Atomics.store(numbers, HEAD, head);
    Atomics.notify(numbers, HEAD);
  }

  /** Hands over the datagrams so far, and waits until the tail has moved far enough. */
  function until(isRoom: (tail: number) => boolean): void {
    hand();
    for (let tail = Atomics.load(numbers, TAIL); !isRoom(tail); tail = Atomics.load(numbers, TAIL)) {
      Atomics.wait(numbers, TAIL, tail);
    }
  }

  return {
    bytes,
    place() {
      const tail = Atomics.load(numbers, TAIL);
      // The reader may pass the end of the ring meanwhile: then the tail is no longer before the head.
      if (head < tail && tail - head < ROOM) until((now) => now <= head || now - head >= ROOM);
      if (head >= Atomics.load(numbers, TAIL) && bytes.length - head < ROOM) {
        until((now) => now >= ROOM);
        Atomics.store(numbers, WRAP, head);
        head = 0;
      }
      return head;
    },
    put(length) {
      bytes[head + length] = LF;
      head += length + 1;
      datagrams++;
    },
    hand,
    failed: () => void Atomics.add(numbers, ERRORS, 1),
  };
}

/** A part of a ring: the lines of whole datagrams. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The reader's end. */
export interface RingOutlet {
  readonly bytes: Buffer;
  /** The next stretch, up to the end of the ring; undefined: the ring is empty. */
  next(): Stretch | undefined;
  /** Gives the room of a stretch back to the writer. */
  free(stretch: Stretch): void;
  /** The numbers of datagrams and errors since the last call. */
  counts(): { readonly datagrams: number; readonly errors: number };
  /** Resolves when there may be more than at the last `next`. */
  more(): Promise<unknown>;
  /** Resolves `more`. */
  release(): void;
}

export function ringOutlet(ring: SharedArrayBuffer): RingOutlet {
  const { numbers, bytes } = parts(ring);
  const totals = { datagrams: 0, errors: 0 };
  let head = 0;
  const since = (place: number, key: keyof typeof totals): number => {
    const now = Atomics.load(numbers, place);
    // The totals wrap around at 2^32.
    const more = (now - totals[key]) >>> 0;
    totals[key] = now;
    return more;
  };
  return {
    bytes,
    next() {
      head = Atomics.load(numbers, HEAD);
      let tail = Atomics.load(numbers, TAIL);
      if (head < tail && tail === Atomics.load(numbers, WRAP)) {
        tail = 0;
        Atomics.store(numbers, TAIL, tail);
        Atomics.notify(numbers, TAIL);
      }
      if (head === tail) return undefined;
      return { start: tail, end: head > tail ? head : Atomics.load(numbers, WRAP) };
    },
    free({ end }) {
      Atomics.store(numbers, TAIL, end);
      Atomics.notify(numbers, TAIL);
    },
    counts: () => ({ datagrams: since(DATAGRAMS, 'datagrams'), errors: since(ERRORS, 'errors') }),
    more: async () => Atomics.waitAsync(numbers, HEAD, head).value,
    release: () => void Atomics.notify(numbers, HEAD),
  };
}
