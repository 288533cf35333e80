import { store } from './key-words.ts';

const FIRST_WORDS = 512;

/** The keys of known lines, one behind the other. */
export class LineKeys {
  words = new Int32Array(FIRST_WORDS);
  /** Where the next key begins. */
  end = 0;
  /** Words at most. */
  readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  /** Whether a key of so many words would be too much. */
  isFull(count: number): boolean {
    return this.end + count > this.most;
  }

  /** A key of these two parts, behind all others. There must be room. */
  add(view: DataView, name: number, nameLength: number, rest: number, restLength: number): void {
    // Two parts, of which the last word of each may be but partly full.
    const wanted = this.end + (nameLength >> 2) + (restLength >> 2) + 2;
    if (wanted > this.words.length) {
      // By an eighth: of memory that doubles a quarter is unused, and to copy it costs less than to read a line.
      const grown = new Int32Array(wanted + (wanted >> 3));
      grown.set(this.words.subarray(0, this.end));
      this.words = grown;
    }
    this.end = store(this.words, store(this.words, this.end, view, name, nameLength), view, rest, restLength);
  }

  /** Forgets all keys but those that are moved then. @returns what moves so many words, and says where the key begins now. */
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
    this.words = new Int32Array(FIRST_WORDS);
    this.end = 0;
  }
}
