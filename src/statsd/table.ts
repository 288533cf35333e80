/** What applying a value to a known line takes; `op` is an `Op`, perhaps with flags. */
export interface Entry {
  readonly op: number;
  /** Counter, gauge, histogram: the slot in the store's values. Summary: its index among the aggregate's windows. */
  readonly at: number;
  /** Counter: divisor of the value. Observer: weight of the sample. */
  readonly factor: number;
}

/** Kinds of entry, and flags beside them. */
export const Op = {
  counter: 0,
  gauge: 1,
  summary: 2,
  histogram: 3,
  kind: 3,
  /** The line carries labels. */
  tagged: 4,
  /** The value is in milliseconds. */
  milliseconds: 8,
} as const;

/** The entry was found since the last sweep. */
const HIT = 16;

/** The longest key (name and what follows the value) that is remembered; longer lines are read anew every time. */
export const LONGEST_KEY = 1024;
const FIRST_CAPACITY = 64;
const FIRST_KEY_BYTES = 2048;
/** Mean key length that the bound on key bytes is made for. */
const MEAN_KEY = 128;
/** Far beyond what half-full tables need: only keys made to collide get there, and then they are read the slow way. */
const MOST_PROBES = 32;
/** Numbers of one entry in `meta`: hash, where its key begins, lengths (name << 16 | rest; 0: free), `at`. */
const STRIDE = 4;

/**
 * The known lines: from a raw line without its value to where its value goes. Open addressing in typed arrays, so that a million
 * lines leave nothing for the garbage collector; keys are compared byte by byte, a hash alone decides nothing.
 *
 * The bound is kept by sweeps: when the table is full, what was not found since the last sweep goes, and so does what exceeds
 * half of the bound. So a key that is used stays, and a key that came once goes; the cost is spread over the insertions between.
 */
export class LineTable {
  /** First value of the rolling hash; chosen at random, so that nobody outside can choose keys that collide. */
  readonly seed: number;
  meta = new Int32Array(FIRST_CAPACITY * STRIDE);
  ops = new Uint8Array(FIRST_CAPACITY);
  factors = new Float64Array(FIRST_CAPACITY);
  size = 0;
  evicted = 0;
  readonly #most: number;
  #mask = FIRST_CAPACITY - 1;
  #keys = new Uint8Array(FIRST_KEY_BYTES);
  #keyBytes = 0;

  /** @param most entries at most. */
  constructor(most: number, seed: number) {
    this.#most = most;
    this.seed = seed;
  }

  /**
   * @param hash of name and rest: FNV-1a from `seed` over their bytes.
   * @returns the index of the entry, -1 where the line is not known.
   */
  find(hash: number, bytes: Uint8Array, name: number, nameLength: number, rest: number, restLength: number): number {
    const lengths = (nameLength << 16) | restLength;
    if (nameLength + restLength > LONGEST_KEY) return -1;
    const { meta } = this;
    const mask = this.#mask;
    let index = spread(hash) & mask;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const base = index << 2;
      const found = meta[base + 2]!;
      if (found === 0) return -1;
      if (
        meta[base] === hash &&
        found === lengths &&
        this.#same(meta[base + 1]!, bytes, name, nameLength, rest, restLength)
      ) {
        const op = this.ops[index]!;
        if (op < HIT) this.ops[index] = op | HIT;
        return index;
      }
      index = (index + 1) & mask;
    }
    return -1;
  }

  /** Remembers a line that `find` did not know. `meta`, `ops` and `factors` may be other arrays afterwards. */
  insert(
    entry: Entry,
    hash: number,
    bytes: Uint8Array,
    name: number,
    nameLength: number,
    rest: number,
    restLength: number,
  ): void {
    const length = nameLength + restLength;
    if (length > LONGEST_KEY) return;
    if (this.size >= this.#most || this.#keyBytes + length > this.#mostKeyBytes()) this.#sweep();
    if ((this.size + 1) * 2 > this.ops.length) this.#rebuild(this.ops.length * 2, 0xff, () => true);
    this.#reserve(length);
    const start = this.#keyBytes;
    this.#keys.set(bytes.subarray(name, name + nameLength), start);
    this.#keys.set(bytes.subarray(rest, rest + restLength), start + nameLength);
    this.#keyBytes += length;
    this.#place(hash, start, (nameLength << 16) | restLength, entry.at, entry.op, entry.factor);
  }

  #same(key: number, bytes: Uint8Array, name: number, nameLength: number, rest: number, restLength: number): boolean {
    const keys = this.#keys;
    for (let i = 0; i < nameLength; i++) if (keys[key + i] !== bytes[name + i]) return false;
    const after = key + nameLength;
    for (let i = 0; i < restLength; i++) if (keys[after + i] !== bytes[rest + i]) return false;
    return true;
  }

  #place(hash: number, start: number, lengths: number, at: number, op: number, factor: number): void {
    let index = spread(hash) & this.#mask;
    for (let probe = 0; this.meta[index * STRIDE + 2] !== 0; probe++) {
      if (probe === MOST_PROBES - 1) {
        this.evicted++;
        return;
      }
      index = (index + 1) & this.#mask;
    }
    this.meta.set([hash, start, lengths, at], index * STRIDE);
    this.ops[index] = op;
    this.factors[index] = factor;
    this.size++;
  }

  #mostKeyBytes(): number {
    return Math.max(LONGEST_KEY * 2, this.#most * MEAN_KEY);
  }

  #reserve(length: number): void {
    if (this.#keyBytes + length <= this.#keys.length) return;
    const grown = new Uint8Array(Math.min(this.#mostKeyBytes(), this.#keys.length * 2 + length));
    grown.set(this.#keys);
    this.#keys = grown;
  }

  #sweep(): void {
    const before = this.size;
    let room = this.#most >> 1;
    let roomForKeys = this.#mostKeyBytes() >> 1;
    this.#rebuild(this.ops.length, ~HIT, (index) => {
      if (this.ops[index]! < HIT) return false;
      const lengths = this.meta[index * STRIDE + 2]!;
      roomForKeys -= (lengths >>> 16) + (lengths & 0xffff);
      return --room >= 0 && roomForKeys >= 0;
    });
    this.evicted += before - this.size;
  }

  #rebuild(capacity: number, flags: number, keep: (index: number) => boolean): void {
    const { meta, ops, factors } = this;
    const kept: number[] = [];
    for (let index = 0; index < ops.length; index++)
      if (meta[index * STRIDE + 2] !== 0 && keep(index)) kept.push(index);
    const keys = this.#keys;
    this.meta = new Int32Array(capacity * STRIDE);
    this.ops = new Uint8Array(capacity);
    this.factors = new Float64Array(capacity);
    this.#mask = capacity - 1;
    this.#keys = new Uint8Array(keys.length);
    this.#keyBytes = 0;
    this.size = 0;
    for (const index of kept) {
      const base = index * STRIDE;
      const start = meta[base + 1]!;
      const lengths = meta[base + 2]!;
      const length = (lengths >>> 16) + (lengths & 0xffff);
      this.#keys.set(keys.subarray(start, start + length), this.#keyBytes);
      this.#place(meta[base]!, this.#keyBytes, lengths, meta[base + 3]!, ops[index]! & flags, factors[index]!);
      this.#keyBytes += length;
    }
  }
}

/** FNV's low bits alone would cluster. */
function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}
