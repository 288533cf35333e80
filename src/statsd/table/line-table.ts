import { type Entry, fits, isOdd, OP_BITS, Op, type Settle } from './entry.ts';
import { hashOf, isSame, keyWords, textOf, words } from './key-words.ts';
import type { KnownRefusal } from './known-refusal.ts';
import { KnownRefusals } from './known-refusals.ts';
import { Keys } from './line-keys.ts';
import { Sightings } from './sightings.ts';

/** The entry was found since the last sweep. */
const HIT = 128;
/** What of a verdict is the op, with `HIT`. */
const OP = 2 ** OP_BITS - 1;

/** The longest key (name and what follows the value) that is remembered; longer lines are read anew every time. */
export const LONGEST_KEY = 1024;
const FIRST_CAPACITY = 64;
/** Mean key length, in words, that the bound on all keys is made for. */
const MEAN_KEY = 32;
/** How full a table may be: half full, ten thousand lines would take twice the memory, and be found no faster. */
const FULLEST = 0.75;
/** Far beyond what tables so full need: only keys made to collide get there, and then they are read the slow way. */
const MOST_PROBES = 64;
/**
 * Numbers of one entry in `meta`: hash, where its key begins, lengths (name << 16 | rest; 0: free), `at`, hits, verdict (place of the
 * rule plus one, 0: none, and in the lowest bits the op), then the factor, a double. All that a known line reads or writes lies in one
 * cache line.
 */
const STRIDE = 8;
const START = 1;
const LENGTHS = 2;
const AT = 3;
const HITS = 4;
const VERDICT = 5;
/** In doubles. */
const FACTOR = 3;
/** So many hits are settled before they are more than an entry can count. */
const MANY_HITS = 2 ** 30;

/**
 * The known lines: from a raw line without its value to where its value goes. Open addressing in typed arrays, so that a million
 * lines leave nothing for the garbage collector. A key is compared in full, four bytes at a time; a hash alone decides nothing.
 *
 * The bound is kept by sweeps: when the table is full, what was not found since the last sweep goes, and so does what exceeds
 * half of the bound. So a key that is used stays, and a key that came once goes; the cost is spread over the insertions between.
 */
export class LineTable {
  /** Of the hash; see `step`. */
  readonly multiplier: number;
  /** Places taken. */
  size = 0;
  evicted = 0;
  readonly #most: number;
  readonly #settle: Settle;
  #meta = new Int32Array(FIRST_CAPACITY * STRIDE);
  #doubles = new Float64Array(this.#meta.buffer);
  #mask = FIRST_CAPACITY - 1;
  readonly #keys: Keys;
  readonly #refusals = new KnownRefusals();
  readonly #sightings: Sightings;
  /** Entries whose series are gone. */
  #stale = 0;
  #viewed: Buffer | undefined;
  #view = new DataView<ArrayBufferLike>(new ArrayBuffer(0));

  /**
   * @param most entries at most; 0: nothing is remembered.
   * @param seed 32 bits that nobody outside knows: with them one could choose keys that collide.
   * @param settle is told of the hits of lines before they are forgotten, and whenever they are settled.
   */
  constructor(most: number, seed: number, settle: Settle = () => {}) {
    this.#most = most;
    this.#settle = settle;
    this.#keys = new Keys(Math.max(LONGEST_KEY, most * MEAN_KEY));
    this.#sightings = new Sightings(most);
    this.multiplier = seed | 1;
  }

  /** Lines that stand for something. */
  get known(): number {
    return this.size - this.#stale;
  }

  /** See `Entry.op`; what is beside `Op` in it means nothing. */
  op(index: number): number {
    return this.#meta[index * STRIDE + VERDICT]! & OP;
  }

  /** See `Entry.at`. */
  at(index: number): number {
    return this.#meta[index * STRIDE + AT]!;
  }

  /** See `Entry.factor`. */
  factor(index: number): number {
    return this.#doubles[index * (STRIDE / 2) + FACTOR]!;
  }

  /** Why the line at `index` is refused, of a line with `Op.refused`. */
  refusal(index: number): KnownRefusal {
    return this.#refusals.at(this.at(index));
  }

  /** Counts samples for whatever decided on them: here and not by rule, because the place is at hand for every line. */
  hit(index: number, samples: number): void {
    const hits = this.#meta[index * STRIDE + HITS]! + samples;
    this.#meta[index * STRIDE + HITS] = hits;
    if (hits >= MANY_HITS) this.#settleAt(index);
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
    const hash = hashOf(view, name, nameLength, rest, restLength, this.multiplier);
    return this.findHashed(hash, view, name, nameLength, rest, restLength);
  }

  /** The same for who has computed the hash, as `folded` says it, while looking for the ends of name and rest. */
  findHashed(hash: number, view: DataView, name: number, nameLength: number, rest: number, restLength: number): number {
    if (nameLength + restLength > LONGEST_KEY) return -1;
    const lengths = (nameLength << 16) | restLength;
    const meta = this.#meta;
    const keys = this.#keys.words;
    const mask = this.#mask;
    let index = hash & mask;
    for (let probe = 1; probe <= MOST_PROBES; probe++) {
      const base = index * STRIDE;
      const found = meta[base + LENGTHS]!;
      if (found === 0) return -1;
      if (meta[base] === hash && found === lengths) {
        const start = meta[base + START]!;
        if (
          isSame(keys, start, view, name, nameLength) &&
          isSame(keys, start + words(nameLength), view, rest, restLength)
        ) {
          const verdict = meta[base + VERDICT]!;
          if ((verdict & HIT) === 0) meta[base + VERDICT] = verdict | HIT;
          return index;
        }
      }
      index = (index + probe) & mask;
    }
    return -1;
  }

  /** Lets the line at `index`, which `find` knew, stand for something else. */
  renew(index: number, entry: Entry): void {
    if (!fits(entry)) return;
    if (entry.refusal !== undefined && this.#refusals.isFull) this.#forgetRefused();
    if ((this.op(index) & Op.kind) === Op.stale) this.#stale--;
    this.#settleAt(index);
    this.#write(index, entry, HIT);
  }

  /**
   * Forgets what lines of a time to live stand for.
   *
   * @param isGone whether the series is gone that is meant by an entry's kind and `at`.
   */
  forget(isGone: (kind: number, at: number) => boolean): void {
    this.#stain((op, at) => (op & Op.timed) !== 0 && isGone(op & Op.kind, at));
    if (this.#stale * 2 > this.size) this.#rebuild(this.#mask + 1, 0, () => true);
  }

  /** Forgets the lines that are refused. */
  #forgetRefused(): void {
    this.settle();
    this.#stain((op) => (op & Op.kind) === Op.refused);
    this.#refusals.clear();
  }

  #stain(isGone: (op: number, at: number) => boolean): void {
    for (let index = 0; index <= this.#mask; index++) {
      const op = this.op(index);
      if (!isGone(op, this.at(index))) continue;
      // Its place stays taken, or lines behind it would not be found; a line that comes back takes it again. Whoever decided, did.
      this.#meta[index * STRIDE + VERDICT]! += Op.stale - (op & OP);
      this.#stale++;
    }
  }

  /** Tells of the hits since the last time. */
  settle(): void {
    for (let index = 0; index <= this.#mask; index++) this.#settleAt(index);
  }

  /** Forgets all lines. */
  clear(): void {
    this.#rebuild(FIRST_CAPACITY, 0, () => false);
    this.#keys.clear();
    this.#refusals.clear();
  }

  /**
   * Remembers a line that `find` did not know; one that is refused or faulty when it comes for the second time, or a
   * stream of such lines, each another one, would push out those that come again.
   */
  insert(entry: Entry, view: DataView, name: number, nameLength: number, rest: number, restLength: number): void {
    if (nameLength + restLength > LONGEST_KEY || this.#most === 0 || !fits(entry)) return;
    const lengths = (nameLength << 16) | restLength;
    const hash = hashOf(view, name, nameLength, rest, restLength, this.multiplier);
    if (isOdd(entry) && !this.#sightings.isSecond(hash)) return;
    if (entry.refusal !== undefined && this.#refusals.isFull) this.#forgetRefused();
    if (this.size >= this.#most || this.#keys.isFull(keyWords(lengths))) this.#sweep();
    const capacity = this.#mask + 1;
    if (this.size >= capacity * FULLEST) this.#rebuild(capacity * 2, 0, () => true);
    const index = this.#place(hash, this.#keys.end, lengths);
    if (index < 0) return;
    this.#keys.add(view, name, nameLength, rest, restLength);
    this.#write(index, entry, 0);
  }

  #write(index: number, { op, at, factor, rule = -1, refusal }: Entry, flags: number): void {
    this.#meta[index * STRIDE + AT] = refusal === undefined ? at : this.#refusals.numberOf(refusal);
    this.#meta[index * STRIDE + VERDICT] = ((rule + 1) << OP_BITS) | op | flags;
    this.#doubles[index * (STRIDE / 2) + FACTOR] = factor;
  }

  #settleAt(index: number): void {
    const base = index * STRIDE;
    const hits = this.#meta[base + HITS]!;
    if (hits === 0) return;
    this.#meta[base + HITS] = 0;
    const rule = this.#meta[base + VERDICT]! >>> OP_BITS;
    const [start, lengths] = [this.#meta[base + START]!, this.#meta[base + LENGTHS]!];
    const refusal = (this.op(index) & Op.kind) === Op.refused ? this.refusal(index) : undefined;
    const name = () => textOf(this.#keys.words, start, lengths >>> 16);
    this.#settle(rule === 0 ? undefined : rule - 1, hits, name, refusal);
  }

  /** @returns the index of a free place that is taken with this key; -1: too many keys collide. */
  #place(hash: number, start: number, lengths: number): number {
    let index = hash & this.#mask;
    // By steps that grow: side by side, a table that is this full would be runs of many keys.
    for (let probe = 1; this.#meta[index * STRIDE + LENGTHS] !== 0; probe++) {
      if (probe === MOST_PROBES) {
        this.evicted++;
        return -1;
      }
      index = (index + probe) & this.#mask;
    }
    this.#meta[index * STRIDE] = hash;
    this.#meta[index * STRIDE + START] = start;
    this.#meta[index * STRIDE + LENGTHS] = lengths;
    this.size++;
    return index;
  }

  #sweep(): void {
    const before = this.size;
    let room = this.#most >> 1;
    let roomForKeys = this.#keys.most >> 1;
    this.#rebuild(this.#mask + 1, HIT, (index) => {
      if ((this.op(index) & HIT) === 0) return false;
      roomForKeys -= keyWords(this.#meta[index * STRIDE + LENGTHS]!);
      return --room >= 0 && roomForKeys >= 0;
    });
    this.evicted += before - this.size;
  }

  /** @param cleared flags of an op that are so afterwards. */
  #rebuild(capacity: number, cleared: number, keep: (index: number) => boolean): void {
    this.settle();
    const meta = this.#meta;
    const doubles = this.#doubles;
    const kept: number[] = [];
    for (let index = 0; index <= this.#mask; index++) {
      const taken = meta[index * STRIDE + LENGTHS] !== 0 && (this.op(index) & Op.kind) !== Op.stale;
      if (taken && keep(index)) kept.push(index);
    }
    // A table that grows leaves the keys where they are.
    const move = capacity > this.#mask + 1 ? undefined : this.#keys.compact();
    this.#meta = new Int32Array(capacity * STRIDE);
    this.#doubles = new Float64Array(this.#meta.buffer);
    this.#mask = capacity - 1;
    this.#stale = 0;
    this.size = 0;
    for (const from of kept) {
      const base = from * STRIDE;
      const lengths = meta[base + LENGTHS]!;
      const start = meta[base + START]!;
      const to = this.#place(meta[base]!, move?.(start, keyWords(lengths)) ?? start, lengths);
      if (to < 0) continue;
      this.#meta[to * STRIDE + AT] = meta[base + AT]!;
      this.#meta[to * STRIDE + VERDICT] = meta[base + VERDICT]! & ~cleared;
      this.#doubles[to * (STRIDE / 2) + FACTOR] = doubles[from * (STRIDE / 2) + FACTOR]!;
    }
  }
}
