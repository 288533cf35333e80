interface Counted<T> {
  readonly value: T;
  count: number;
}

/**
 * The most frequent of any number of things, in a bounded memory: of those kept, the least frequent makes room for a new one, which
 * inherits its count (the space-saving algorithm of Metwally, Agrawal and El Abbadi, 2005). So a count is never too low, and too high
 * by no more than the least one that is kept.
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
    this.#kept.set(key, { value: value(), count: inherited + times });
  }

  /** So many of them, the most frequent first. */
  top(n: number): readonly { readonly value: T; readonly count: number }[] {
    return [...this.#kept.values()]
      .sort((a, b) => b.count - a.count)
      .slice(0, n)
      .map(({ value, count }) => ({ value, count }));
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
