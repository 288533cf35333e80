/** What applying a value to a known line takes; `op` is an `Op`, perhaps with flags. */
export interface Entry {
  readonly op: number;
  /** Counter, gauge: the slot in the store's values. All others that have a series: the index of one of the aggregate's targets. */
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
  scaledCounter: 4,
  scaledGauge: 5,
  /** The mapping drops the line. */
  dropped: 6,
  /** The series that the line stood for is gone: the line has to be read in full. */
  stale: 7,
  kind: 7,
  /** A rule of the mapping made the name. */
  mapped: 8,
  /** What of an op tells what is counted. */
  counted: 15,
  /** The line carries labels. */
  tagged: 16,
  /** The value is in milliseconds. */
  milliseconds: 32,
  /** The series has a time to live: when it was written to last is kept. */
  timed: 64,
} as const;

/** The entry was found since the last sweep. */
const HIT = 128;

/** The longest key (name and what follows the value) that is remembered; longer lines are read anew every time. */
export const LONGEST_KEY = 1024;
const FIRST_CAPACITY = 64;
const FIRST_KEY_WORDS = 512;
/** Mean key length, in words, that the bound on all keys is made for. */
const MEAN_KEY = 32;
/** Far beyond what half-full tables need: only keys made to collide get there, and then they are read the slow way. */
const MOST_PROBES = 32;
/** Numbers of one entry in `meta`: hash, where its key begins, lengths (name << 16 | rest; 0: free), `at`. */
const STRIDE = 4;

/**
 * The known lines: from a raw line without its value to where its value goes. Open addressing in typed arrays, so that a million
 * lines leave nothing for the garbage collector. A key is compared in full, four bytes at a time; a hash alone decides nothing.
 *
 * The bound is kept by sweeps: when the table is full, what was not found since the last sweep goes, and so does what exceeds
 * half of the bound. So a key that is used stays, and a key that came once goes; the cost is spread over the insertions between.
 */
export class LineTable {
  readonly #multiplier: number;
  meta = new Int32Array(FIRST_CAPACITY * STRIDE);
  ops = new Uint8Array(FIRST_CAPACITY);
  factors = new Float64Array(FIRST_CAPACITY);
  /** Places taken. */
  size = 0;
  evicted = 0;
  readonly #most: number;
  #mask = FIRST_CAPACITY - 1;
  #keys = new Int32Array(FIRST_KEY_WORDS);
  #keyWords = 0;
  /** Entries whose series are gone. */
  #stale = 0;
  #viewed: Buffer | undefined;
  #view = new DataView<ArrayBufferLike>(new ArrayBuffer(0));

  /**
   * @param most entries at most.
   * @param seed 32 bits that nobody outside knows: with them one could choose keys that collide.
   */
  constructor(most: number, seed: number) {
    this.#most = most;
    this.#multiplier = seed | 1;
  }

  /** Lines that stand for something. */
  get known(): number {
    return this.size - this.#stale;
  }

  /** `bytes` as `find` and `insert` read them. Kept: to make one costs as much as to find a line, and UDP always has the same buffer. */
  view(bytes: Buffer): DataView {
    if (bytes !== this.#viewed) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#view;
  }

  /**
   * The line whose name and rest lie at these places of `view`.
   *
   * @returns the index of its entry, -1 where the line is not known.
   */
  find(view: DataView, name: number, nameLength: number, rest: number, restLength: number): number {
    if (nameLength + restLength > LONGEST_KEY) return -1;
    const lengths = (nameLength << 16) | restLength;
    const hash = this.#hash(view, name, nameLength, rest, restLength);
    const { meta } = this;
    const mask = this.#mask;
    let index = hash & mask;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const base = index << 2;
      const found = meta[base + 2]!;
      if (found === 0) return -1;
      if (meta[base] === hash && found === lengths) {
        const start = meta[base + 1]!;
        if (
          this.#same(start, view, name, nameLength) &&
          this.#same(start + words(nameLength), view, rest, restLength)
        ) {
          const op = this.ops[index]!;
          if (op < HIT) this.ops[index] = op | HIT;
          return index;
        }
      }
      index = (index + 1) & mask;
    }
    return -1;
  }

  /** Lets the line at `index`, which `find` knew, stand for something else. */
  renew(index: number, entry: Entry): void {
    if ((this.ops[index]! & Op.kind) === Op.stale) this.#stale--;
    this.meta[index * STRIDE + 3] = entry.at;
    this.ops[index] = entry.op | HIT;
    this.factors[index] = entry.factor;
  }

  /**
   * Forgets what lines of a time to live stand for.
   *
   * @param isGone whether the series is gone that is meant by an entry's kind and `at`.
   */
  forget(isGone: (kind: number, at: number) => boolean): void {
    const { ops, meta } = this;
    for (let index = 0; index < ops.length; index++) {
      const op = ops[index]!;
      if ((op & Op.timed) === 0 || !isGone(op & Op.kind, meta[index * STRIDE + 3]!)) continue;
      // Its place stays taken, or lines behind it would not be found; a line that comes back takes it again.
      ops[index] = Op.stale;
      this.#stale++;
    }
    if (this.#stale * 2 > this.size) this.#rebuild(ops.length, 0xff, () => true);
  }

  /** Forgets all lines. */
  clear(): void {
    this.#rebuild(FIRST_CAPACITY, 0xff, () => false);
    this.#keys = new Int32Array(FIRST_KEY_WORDS);
  }

  /** Remembers a line that `find` did not know. `meta`, `ops` and `factors` may be other arrays afterwards. */
  insert(entry: Entry, view: DataView, name: number, nameLength: number, rest: number, restLength: number): void {
    if (nameLength + restLength > LONGEST_KEY) return;
    const count = words(nameLength) + words(restLength);
    if (this.size >= this.#most || this.#keyWords + count > this.#mostKeyWords()) this.#sweep();
    if ((this.size + 1) * 2 > this.ops.length) this.#rebuild(this.ops.length * 2, 0xff, () => true);
    this.#reserve(count);
    const start = this.#keyWords;
    this.#store(view, name, nameLength);
    this.#store(view, rest, restLength);
    const hash = this.#hash(view, name, nameLength, rest, restLength);
    this.#place(hash, start, (nameLength << 16) | restLength, entry.at, entry.op, entry.factor);
  }

  #hash(view: DataView, name: number, nameLength: number, rest: number, restLength: number): number {
    const multiplier = this.#multiplier;
    const sum = hashed(view, rest, restLength, hashed(view, name, nameLength, 0, multiplier), multiplier);
    const folded = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d);
    return folded ^ (folded >>> 13);
  }

  #same(start: number, view: DataView, from: number, length: number): boolean {
    const keys = this.#keys;
    const last = from + length - 4;
    let key = start;
    for (let at = from; at < last; at += 4) if (keys[key++] !== view.getInt32(at, true)) return false;
    return keys[key] === lastWord(view, from, length);
  }

  #store(view: DataView, from: number, length: number): void {
    const last = from + length - 4;
    for (let at = from; at < last; at += 4) this.#keys[this.#keyWords++] = view.getInt32(at, true);
    this.#keys[this.#keyWords++] = lastWord(view, from, length);
  }

  #place(hash: number, start: number, lengths: number, at: number, op: number, factor: number): void {
    let index = hash & this.#mask;
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

  #mostKeyWords(): number {
    return Math.max(LONGEST_KEY, this.#most * MEAN_KEY);
  }

  #reserve(count: number): void {
    if (this.#keyWords + count <= this.#keys.length) return;
    const grown = new Int32Array(Math.min(this.#mostKeyWords(), this.#keys.length * 2 + count));
    grown.set(this.#keys);
    this.#keys = grown;
  }

  #sweep(): void {
    const before = this.size;
    let room = this.#most >> 1;
    let roomForKeys = this.#mostKeyWords() >> 1;
    this.#rebuild(this.ops.length, ~HIT, (index) => {
      if (this.ops[index]! < HIT) return false;
      roomForKeys -= keyWords(this.meta[index * STRIDE + 2]!);
      return --room >= 0 && roomForKeys >= 0;
    });
    this.evicted += before - this.size;
  }

  #rebuild(capacity: number, flags: number, keep: (index: number) => boolean): void {
    const { meta, ops, factors } = this;
    const kept: number[] = [];
    for (let index = 0; index < ops.length; index++) {
      const taken = meta[index * STRIDE + 2] !== 0 && (ops[index]! & Op.kind) !== Op.stale;
      if (taken && keep(index)) kept.push(index);
    }
    const keys = this.#keys;
    this.meta = new Int32Array(capacity * STRIDE);
    this.ops = new Uint8Array(capacity);
    this.factors = new Float64Array(capacity);
    this.#mask = capacity - 1;
    this.#keys = new Int32Array(keys.length);
    this.#keyWords = 0;
    this.#stale = 0;
    this.size = 0;
    for (const index of kept) {
      const base = index * STRIDE;
      const start = meta[base + 1]!;
      const lengths = meta[base + 2]!;
      const count = keyWords(lengths);
      this.#keys.set(keys.subarray(start, start + count), this.#keyWords);
      this.#place(meta[base]!, this.#keyWords, lengths, meta[base + 3]!, ops[index]! & flags, factors[index]!);
      this.#keyWords += count;
    }
  }
}

/** Words of four bytes that hold so many bytes; the last one overlaps the one before where they are no multiple of four. */
function words(length: number): number {
  return (length + 3) >> 2;
}

function keyWords(lengths: number): number {
  return words(lengths >>> 16) + words(lengths & 0xffff);
}

function lastWord(view: DataView, from: number, length: number): number {
  if (length >= 4) return view.getInt32(from + length - 4, true);
  let word = 0;
  for (let at = from; at < from + length; at++) word = (word << 8) | view.getUint8(at);
  return word;
}

/**
 * A polynomial over words at a secret place. Each word is mixed before, off the chain of multiplications that the time is
 * made of: a product carries only upwards, and the last characters of a name are in the upper bits.
 */
function hashed(view: DataView, from: number, length: number, start: number, multiplier: number): number {
  const last = from + length - 4;
  let hash = start;
  for (let at = from; at < last; at += 4) hash = step(hash, view.getInt32(at, true), multiplier);
  return step(hash, lastWord(view, from, length), multiplier);
}

function step(hash: number, word: number, multiplier: number): number {
  return (Math.imul(hash, multiplier) + Math.imul(word ^ (word >>> 15), 0x85ebca6b)) | 0;
}
