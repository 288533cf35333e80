import { store } from './key-words.ts';

const firstWords = 512;

/** The keys of known lines, one after the other. */
export class LineKeys {
  words = new Int32Array(firstWords);
  /** The place of the next key. */
  end = 0;
  /** The most words. */
  readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  /** Whether a key of this many words would exceed the limit. */
  isFull(count: number): boolean {
    return this.end + count > this.most;
  }

  /** Appends a key of these two parts. There must be room. */
  add(view: DataView, name: number, nameLength: number, rest: number, restLength: number): void {
    // The last word of each of the two parts may be partly full.
    const needed = this.end + (nameLength >> 2) + (restLength >> 2) + 2;
    if (needed > this.words.length) {
      // Growth by an eighth: of memory that doubles a quarter is unused, and a copy costs less than reading a line.
      const larger = new Int32Array(needed + (needed >> 3));
      larger.set(this.words.subarray(0, this.end));
      this.words = larger;
    }
    this.end = store(this.words, store(this.words, this.end, view, name, nameLength), view, rest, restLength);
  }

  /**
   * Drops all keys but those that the caller moves. @returns moves a key of this many words, and returns its new place.
   */
  compact(): (start: number, count: number) => number {
    const before = this.words;
    this.words = new Int32Array(before.length);
    this.end = 0;
    return (start, count) => {
      const moved = this.end;
      this.words.set(before.subarray(start, start + count), moved);
      this.end += count;
      return moved;
    };
  }

  clear(): void {
    this.words = new Int32Array(firstWords);
    this.end = 0;
  }
}
