import type { Inbox } from './inbox.ts';
import { LONGEST_DATAGRAM } from './inbox.ts';

const LF = 10;
/** Room of a ring; at least twice the longest datagram. */
const RING = 512 * 1024;
/** Where the numbers are, in front of the bytes. Offsets are from the first byte behind them. */
const HEAD = 0;
const TAIL = 1;
const WRAP = 2;
const DATAGRAMS = 3;
const ERRORS = 4;
const NUMBERS = 16;
/** A datagram, its newline, and one byte: a ring that is full would look like an empty one. */
const ROOM = LONGEST_DATAGRAM + 2;

/**
 * The way of datagrams from the thread that receives them to the one that reads their lines: memory that both see, with one writer and
 * one reader, so that nothing is copied, made or locked for a datagram.
 *
 * Datagrams lie one behind the other, each with a newline behind it. The writer moves the head, the reader the tail. Where the room at
 * the end is too short for the longest datagram, the writer notes where it stopped and goes on at the beginning.
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
 * The writer's end. Where there is no room it waits, and the thread with it: the kernel keeps what comes meanwhile, and counts what it
 * cannot keep.
 */
export function ringInbox(ring: SharedArrayBuffer): RingInbox {
  const { numbers, bytes } = parts(ring);
  let head = Atomics.load(numbers, HEAD);
  let datagrams = 0;

  function hand(): void {
    if (datagrams === 0) return;
    // Before the head: who sees the bytes sees how many datagrams they were.
    Atomics.add(numbers, DATAGRAMS, datagrams);
    datagrams = 0;
    Atomics.store(numbers, HEAD, head);
    Atomics.notify(numbers, HEAD);
  }

  /** Hands over what there is, and waits until the tail is where it should be. */
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
      // The reader may go past the end of the ring meanwhile: then the tail lies no longer before the head.
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

/** What lies in a ring at a time: lines of whole datagrams. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The reader's end. */
export interface RingOutlet {
  readonly bytes: Buffer;
  /** What lies there, up to the end of the ring; undefined: nothing. */
  next(): Stretch | undefined;
  /** Lets the writer have a stretch's room again. */
  free(stretch: Stretch): void;
  /** How many datagrams and errors there were since the last call. */
  counts(): { readonly datagrams: number; readonly errors: number };
  /** Resolves when there may be more than there was at the last `next`. */
  more(): Promise<unknown>;
  /** Resolves `more`. */
  release(): void;
}

export function ringOutlet(ring: SharedArrayBuffer): RingOutlet {
  const { numbers, bytes } = parts(ring);
  const counted = { datagrams: 0, errors: 0 };
  let seen = 0;
  const since = (place: number, key: keyof typeof counted): number => {
    const now = Atomics.load(numbers, place);
    // They wrap around at 2^32.
    const more = (now - counted[key]) >>> 0;
    counted[key] = now;
    return more;
  };
  return {
    bytes,
    next() {
      seen = Atomics.load(numbers, HEAD);
      let tail = Atomics.load(numbers, TAIL);
      if (seen < tail && tail === Atomics.load(numbers, WRAP)) {
        tail = 0;
        Atomics.store(numbers, TAIL, tail);
        Atomics.notify(numbers, TAIL);
      }
      if (seen === tail) return undefined;
      return { start: tail, end: seen > tail ? seen : Atomics.load(numbers, WRAP) };
    },
    free({ end }) {
      Atomics.store(numbers, TAIL, end);
      Atomics.notify(numbers, TAIL);
    },
    counts: () => ({ datagrams: since(DATAGRAMS, 'datagrams'), errors: since(ERRORS, 'errors') }),
    more: async () => Atomics.waitAsync(numbers, HEAD, seen).value,
    release: () => void Atomics.notify(numbers, HEAD),
  };
}
