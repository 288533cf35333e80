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
    const inherited = this.#kept.size < this.#most ? 0 : this.#evict();
    this.#kept.set(key, { value: value(), count: inherited + times, inherited });
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
    this.#least = least;
    return least;
  }
}
