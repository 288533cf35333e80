import type { Inbox } from './inbox.ts';
import { longestDatagram } from './inbox.ts';

const lfByte = 10;
/** The size of a ring; at least twice the longest datagram. */
const ringBytes = 512 * 1024;
/** The places of the numbers in front of the bytes. Offsets count from the first byte behind them. */
const headIndex = 0;
const tailIndex = 1;
const wrapIndex = 2;
const datagramsIndex = 3;
const errorsIndex = 4;
const numberCount = 16;
/** A datagram, its newline, and one byte: a full ring would look like an empty one. */
const room = longestDatagram + 2;

/**
 * The way of datagrams from the thread that receives them to the thread that reads their lines: shared memory with one
 * writer and one reader, so that a datagram needs no copy, no allocation and no lock.
 *
 * Datagrams lie one after the other, each with a newline behind it. The writer moves the head, the reader the tail.
 * Where the room at the end is too short for the longest datagram, the writer notes its place and continues at the
 * beginning.
 */
export function createRing(bytes = ringBytes): SharedArrayBuffer {
  return new SharedArrayBuffer(numberCount * Int32Array.BYTES_PER_ELEMENT + bytes);
}

function parts(ring: SharedArrayBuffer): { readonly numbers: Int32Array<SharedArrayBuffer>; readonly bytes: Buffer } {
  const numbers = new Int32Array(ring, 0, numberCount);
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
  let head = Atomics.load(numbers, headIndex);
  let datagrams = 0;

  function hand(): void {
    if (datagrams === 0) return;
    // Stored before the head: a reader that sees the bytes also sees the number of datagrams.
    Atomics.add(numbers, datagramsIndex, datagrams);
    datagrams = 0;
    Atomics.store(numbers, headIndex, head);
    Atomics.notify(numbers, headIndex);
  }

  /** Hands over the datagrams so far, and waits until the tail has moved far enough. */
  function until(isRoom: (tail: number) => boolean): void {
    hand();
    for (let tail = Atomics.load(numbers, tailIndex); !isRoom(tail); tail = Atomics.load(numbers, tailIndex)) {
      Atomics.wait(numbers, tailIndex, tail);
    }
  }

  return {
    bytes,
    place() {
      const tail = Atomics.load(numbers, tailIndex);
      // The reader may pass the end of the ring meanwhile: then the tail is no longer before the head.
      if (head < tail && tail - head < room) until((now) => now <= head || now - head >= room);
      if (head >= Atomics.load(numbers, tailIndex) && bytes.length - head < room) {
        until((now) => now >= room);
        Atomics.store(numbers, wrapIndex, head);
        head = 0;
      }
      return head;
    },
    put(length) {
      bytes[head + length] = lfByte;
      head += length + 1;
      datagrams++;
    },
    hand,
    failed: () => void Atomics.add(numbers, errorsIndex, 1),
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
      head = Atomics.load(numbers, headIndex);
      let tail = Atomics.load(numbers, tailIndex);
      if (head < tail && tail === Atomics.load(numbers, wrapIndex)) {
        tail = 0;
        Atomics.store(numbers, tailIndex, tail);
        Atomics.notify(numbers, tailIndex);
      }
      if (head === tail) return undefined;
      return { start: tail, end: head > tail ? head : Atomics.load(numbers, wrapIndex) };
    },
    free({ end }) {
      Atomics.store(numbers, tailIndex, end);
      Atomics.notify(numbers, tailIndex);
    },
    counts: () => ({ datagrams: since(datagramsIndex, 'datagrams'), errors: since(errorsIndex, 'errors') }),
    more: async () => Atomics.waitAsync(numbers, headIndex, head).value,
    release: () => void Atomics.notify(numbers, headIndex),
  };
}
