import { textHash } from '../metric/label-hash.ts';

/** While all places are taken, one of so many new items is counted by its key. */
const countedByKey = 128;
const cellCount = 4096;

/**
 * The counts of items that were counted without their key. Items with equal low bits of their hash share a cell, so a
 * cell is an upper bound.
 */
interface HashCounts {
  readonly cells: Uint32Array;
  /** The hashes of the stored keys, and how many keys share each. */
  readonly hashes: Map<number, number>;
  turn: number;
}

interface Counted<T> {
  readonly value: T;
  count: number;
  /** The part of the count that other items may have had: the least count when this item came. */
  readonly inherited: number;
}

/** One of the most frequent items. */
export interface Frequency<T> {
  readonly value: T;
  /** It came at least so often. */
  readonly count: number;
  /** It came at most so often; the same as `count` while there is a place for each item. */
  readonly atMost: number;
}

/**
 * The most frequent of any number of items, in bounded memory: the least frequent stored item makes room for a new one,
 * which inherits its count (the space-saving algorithm of Metwally, Agrawal and El Abbadi, 2005). A count is never too
 * low with the inherited part, and never too high without it: of three thousand items that came once each, one may have
 * inherited twelve and have counted one itself.
 */
export class FrequentItems<T> {
  readonly #most: number;
  readonly #items = new Map<string, Counted<T>>();
  /** While all places are taken, no count is lower. */
  #least = 0;
  #hashCounts: HashCounts | undefined;

  /** @param most how many items are counted apart. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @param key of the item.
   * @param value makes the value of an item that is new.
   */
  count(key: string, times: number, value: () => T): void {
    const item = this.#items.get(key);
    if (item !== undefined) {
      item.count += times;
      return;
    }
    const inherited = (this.#items.size < this.#most ? 0 : this.#evict()) + this.#addHash(key);
    this.#items.set(key, { value: value(), count: inherited + times, inherited });
  }

  /**
   * Counts an item once by the hash of its key alone (see `textHash`). In a stream of items that are all new, storing
   * each of them for a moment costs far more than it tells.
   *
   * @returns false: nothing was done, and the item is to be counted by its key, since it is stored or may be stored
   *   now.
   */
  countHash(hash: number): boolean {
    if (this.#items.size < this.#most) return false;
    this.#hashCounts ??= this.#newHashCounts();
    const { hashes, cells } = this.#hashCounts;
    if (hashes.has(hash)) return false;
    this.#hashCounts.turn = (this.#hashCounts.turn + 1) % countedByKey;
    if (this.#hashCounts.turn === 0) return false;
    cells[hash & (cellCount - 1)]!++;
    return true;
  }

  /** How often an item that is stored now may have been counted by its hash. */
  #addHash(key: string): number {
    const counts = this.#hashCounts;
    if (counts === undefined) return 0;
    const hash = textHash(key);
    counts.hashes.set(hash, (counts.hashes.get(hash) ?? 0) + 1);
    return counts.cells[hash & (cellCount - 1)]!;
  }

  #removeHash(key: string): void {
    if (this.#hashCounts === undefined) return;
    const { hashes } = this.#hashCounts;
    const hash = textHash(key);
    const others = hashes.get(hash)! - 1;
    if (others > 0) hashes.set(hash, others);
    else hashes.delete(hash);
  }

  #newHashCounts(): HashCounts {
    const hashes = new Map<number, number>();
    for (const key of this.#items.keys()) {
      const hash = textHash(key);
      hashes.set(hash, (hashes.get(hash) ?? 0) + 1);
    }
    return { cells: new Uint32Array(cellCount), hashes, turn: 0 };
  }

  /** The `n` most frequent items by their certain counts, the most frequent first. */
  top(n: number): readonly Frequency<T>[] {
    return [...this.#items.values()]
      .map(({ value, count, inherited }) => ({ value, count: count - inherited, atMost: count }))
      .sort((a, b) => b.count - a.count || b.atMost - a.atMost)
      .slice(0, n);
  }

  clear(): void {
    this.#items.clear();
    this.#hashCounts = undefined;
    this.#least = 0;
  }

  #evict(): number {
    let least = Number.POSITIVE_INFINITY;
    let leastKey = '';
    for (const [key, { count }] of this.#items) {
      if (count < least) {
        least = count;
        leastKey = key;
      }
      if (least <= this.#least) break;
    }
    this.#items.delete(leastKey);
    this.#removeHash(leastKey);
    this.#least = least;
    return least;
  }
}
