const FIRST_CAPACITY = 256;

/** A growing array of doubles that is given out in runs; a freed run is given out again to the next of its width. */
export class Slots {
  values = new Float64Array(FIRST_CAPACITY);
  readonly #free = new Map<number, number[]>();
  #end = 0;

  /** The first slot of a run of `width` zeros. `values` may be another array afterwards. */
  take(width: number): number {
    const freed = this.#free.get(width)?.pop();
    if (freed !== undefined) {
      this.values.fill(0, freed, freed + width);
      return freed;
    }
    const slot = this.#end;
    this.#end += width;
    if (this.#end > this.values.length) {
      // By an eighth: of an array that doubles a quarter is unused, which for histograms is 30 bytes a series and more.
      const grown = new Float64Array(this.#end + (this.#end >> 3));
      grown.set(this.values);
      this.values = grown;
    }
    return slot;
  }

  /** Gives a run back. */
  release(slot: number, width: number): void {
    const freed = this.#free.get(width);
    if (freed === undefined) this.#free.set(width, [slot]);
    else freed.push(slot);
  }
}
