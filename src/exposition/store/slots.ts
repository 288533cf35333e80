const firstCapacity = 256;

/** A growing array of doubles, allocated in runs; a released run goes to the next taker of its width. */
export class Slots {
  values = new Float64Array(firstCapacity);
  readonly #free = new Map<number, number[]>();
  #end = 0;

  /** Allocates a run of `width` zeros and returns its first slot. `values` may be another array afterwards. */
  take(width: number): number {
    const freed = this.#free.get(width)?.pop();
    if (freed !== undefined) {
      this.values.fill(0, freed, freed + width);
      return freed;
    }
    const slot = this.#end;
    this.#end += width;
    if (this.#end > this.values.length) {
      // It grows by an eighth: of an array that doubles, a quarter is unused, which is over 30 bytes for each
      // histogram.
      const grown = new Float64Array(this.#end + (this.#end >> 3));
      grown.set(this.values);
      this.values = grown;
    }
    return slot;
  }

  /** Releases a run. */
  release(slot: number, width: number): void {
    const freed = this.#free.get(width);
    if (freed === undefined) this.#free.set(width, [slot]);
    else freed.push(slot);
  }
}
