import { Distinct } from './distinct.ts';

interface SetWindow {
  /** The number of the window of `values`, since the epoch. */
  window: number;
  readonly values: Distinct;
  /** The count of the window before; undefined in the first window. */
  last: number | undefined;
}

/**
 * The statsd sets: the number of different values that each series got in the last whole window. Windows lie on the
 * clock (a window of a minute begins with a minute), so the windows of all sets and all sidecars are the same. A series
 * shows its count so far until its first window is over, and 0 after an empty window.
 */
export class Sets {
  readonly #length: number;
  readonly #sets = new Map<number, SetWindow>();

  /** @param length of a window, in milliseconds. */
  constructor(length: number) {
    this.#length = length;
  }

  /** The number of series. */
  get size(): number {
    return this.#sets.size;
  }

  /**
   * @param slot of the series in the store's values.
   * @param now milliseconds since the epoch.
   */
  add(slot: number, member: string, now: number): void {
    this.#at(slot, now).values.add(member);
  }

  /**
   * Adds the member of these bytes.
   *
   * @returns false: the member is empty or not ASCII, and was not added.
   */
  addBytes(slot: number, bytes: Buffer, from: number, to: number, now: number): boolean {
    return to > from && this.#at(slot, now).values.addBytes(bytes, from, to);
  }

  #at(slot: number, now: number): SetWindow {
    let set = this.#sets.get(slot);
    if (set === undefined) {
      set = { window: this.#windowAt(now), values: new Distinct(), last: undefined };
      this.#sets.set(slot, set);
    } else this.#turn(set, now);
    return set;
  }

  /** To be called before the series leaves the store, since another series will get its slot. */
  forget(slot: number): void {
    this.#sets.delete(slot);
  }

  /** Writes the counts to the slots. */
  collect(values: Float64Array, now: number): void {
    for (const [slot, set] of this.#sets) {
      this.#turn(set, now);
      values[slot] = set.last ?? set.values.count();
    }
  }

  #windowAt(now: number): number {
    return Math.floor(now / this.#length);
  }

  #turn(set: SetWindow, now: number): void {
    const window = this.#windowAt(now);
    const windows = window - set.window;
    if (windows === 0) return;
    set.window = window;
    // The clock went back: the values so far stay.
    if (windows < 0) return;
    set.last = windows === 1 ? set.values.count() : 0;
    set.values.clear();
  }
}
