import { Distinct } from './distinct.ts';

interface SetWindow {
  /** Which window since the epoch `values` are of. */
  window: number;
  readonly values: Distinct;
  /** Distinct values of the window before; undefined in the first. */
  last: number | undefined;
}

/**
 * What was sent to statsd sets: how many different values each series had in the last whole window. Windows lie on the
 * clock (those of a minute begin with a minute), so those of all sets and all sidecars are the same. A series shows
 * what it has so far until its first window is over, and 0 after a window in which nothing came.
 */
export class Sets {
  readonly #length: number;
  readonly #sets = new Map<number, SetWindow>();

  /** @param length of a window, in milliseconds. */
  constructor(length: number) {
    this.#length = length;
  }

  /** How many series there are. */
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
   * The same of a member that lies at these bytes.
   *
   * @returns false: nothing was done, since it is empty or not ASCII.
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

  /** Before the series leaves the store: its slot belongs to whoever comes next. */
  forget(slot: number): void {
    this.#sets.delete(slot);
  }

  /** Writes how many there were to the slots. */
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
    const passed = window - set.window;
    if (passed === 0) return;
    set.window = window;
    // A clock that was set back: what came so far stays.
    if (passed < 0) return;
    set.last = passed === 1 ? set.values.count() : 0;
    set.values.clear();
  }
}
