import { textHash } from '../metric/label-hash.ts';

/** Of things that are new where all places are taken, one of so many is counted by its key. */
const COUNTED_BY_KEY = 128;
const CELLS = 4096;

/**
 * Counts of things that were counted without their key. Things share a cell by a part of their hash, so a cell is an
 * upper bound.
 */
interface Passed {
  readonly cells: Uint32Array;
  /** Of the keys that are kept, and how many have the same. */
  readonly hashes: Map<number, number>;
  turn: number;
}

interface Counted<T> {
  readonly value: T;
  count: number;
  /** What of the count others may have had: the least count that was kept when this one came. */
  readonly inherited: number;
}

/** One of the most frequent. */
export interface Frequency<T> {
  readonly value: T;
  /** It was there so often at least. */
  readonly count: number;
  /** And so often at most; the same as `count` while there is a place for each. */
  readonly atMost: number;
}

/**
 * The most frequent of any number of things, in a bounded memory: of those kept, the least frequent makes room for a new one, which
 * inherits its count (the space-saving algorithm of Metwally, Agrawal and El Abbadi, 2005). A count with what it
 * inherited is never too low, without it never too high: of three thousand things that came once each, twelve may be
 * what one inherited, and one what it had.
 */
export class Frequent<T> {
  readonly #most: number;
  readonly #kept = new Map<string, Counted<T>>();
  /** No count is lower, while all places are taken. */
  #least = 0;
  #passed: Passed | undefined;

  /** @param most things kept apart. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @param key tells things apart.
   * @param value of a key that is not kept.
   */
  count(key: string, times: number, value: () => T): void {
    const known = this.#kept.get(key);
    if (known !== undefined) {
      known.count += times;
      return;
    }
    const inherited = (this.#kept.size < this.#most ? 0 : this.#evict()) + this.#enter(key);
    this.#kept.set(key, { value: value(), count: inherited + times, inherited });
  }

  /**
   * Counts a thing by the hash of its key alone (see `textHash`), once: of a stream of things that are each new, to
   * keep every one for a moment costs far more than it says.
   *
   * @returns false: nothing was done, and it is to be counted by its key: it is kept, or might be from now on.
   */
  passes(hash: number): boolean {
    if (this.#kept.size < this.#most) return false;
    this.#passed ??= this.#nothingPassed();
    const { hashes, cells } = this.#passed;
    if (hashes.has(hash)) return false;
    this.#passed.turn = (this.#passed.turn + 1) % COUNTED_BY_KEY;
    if (this.#passed.turn === 0) return false;
    cells[hash & (CELLS - 1)]!++;
    return true;
  }

  /** How often a thing that comes to be kept may have passed. */
  #enter(key: string): number {
    const passed = this.#passed;
    if (passed === undefined) return 0;
    const hash = textHash(key);
    passed.hashes.set(hash, (passed.hashes.get(hash) ?? 0) + 1);
    return passed.cells[hash & (CELLS - 1)]!;
  }

  #leave(key: string): void {
    if (this.#passed === undefined) return;
    const { hashes } = this.#passed;
    const hash = textHash(key);
    const others = hashes.get(hash)! - 1;
    if (others > 0) hashes.set(hash, others);
    else hashes.delete(hash);
  }

  #nothingPassed(): Passed {
    const hashes = new Map<number, number>();
    for (const key of this.#kept.keys()) {
      const hash = textHash(key);
      hashes.set(hash, (hashes.get(hash) ?? 0) + 1);
    }
    return { cells: new Uint32Array(CELLS), hashes, turn: 0 };
  }

  /** So many of them, those that are certain to be the most frequent first. */
  top(n: number): readonly Frequency<T>[] {
    return [...this.#kept.values()]
      .map(({ value, count, inherited }) => ({ value, count: count - inherited, atMost: count }))
      .sort((a, b) => b.count - a.count || b.atMost - a.atMost)
      .slice(0, n);
  }

  clear(): void {
    this.#kept.clear();
    this.#passed = undefined;
    this.#least = 0;
  }

  #evict(): number {
    let least = Number.POSITIVE_INFINITY;
    let leastKey = '';
    for (const [key, { count }] of this.#kept) {
      if (count < least) {
        least = count;
        leastKey = key;
      }
      if (least <= this.#least) break;
    }
    this.#kept.delete(leastKey);
    this.#leave(leastKey);
    this.#least = least;
    return least;
  }
}
