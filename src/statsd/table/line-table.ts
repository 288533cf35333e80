import { Op, opBits } from '../series/op.ts';
import { hashOf, isSame, keyWords, textOf, words } from './key-words.ts';
import type { KnownRefusal } from './known-refusal.ts';
import { KnownRefusals } from './known-refusals.ts';
import { fits, isOdd, type LineEntry, type Settle } from './line-entry.ts';
import { LineKeys } from './line-keys.ts';
import { Sightings } from './sightings.ts';

/** Flag: `find` met the entry since the last sweep. */
const hit = 128;
/** The bits of a verdict that are the op, `hit` included. */
const opMask = 2 ** opBits - 1;

/** The longest key (the name, and the bytes behind the value); a longer line is read in full every time. */
export const longestKey = 1024;
const firstCapacity = 64;
/** The bound on all keys allows for keys of this mean length, in words. */
const meanKey = 32;
/** The highest load: a table half full would take twice the memory for ten thousand lines, and find them no faster. */
const fullest = 0.75;
/** Far more probes than this load needs: only keys made to collide come so far; their lines are read in full. */
const mostProbes = 64;
/**
 * Numbers of one entry in `meta`: hash, start of its key, lengths (name << 16 | rest; 0: free), `at`, hits, verdict
 * (index of the rule plus one, 0: none, and in the lowest bits the op), then the factor, a double. A known line reads
 * and writes one cache line.
 */
const stride = 8;
const startField = 1;
const lengthsField = 2;
const atField = 3;
const hitsField = 4;
const verdictField = 5;
/** In doubles. */
const factorField = 3;
/** An entry settles at so many hits, before its counter overflows. */
const manyHits = 2 ** 30;

/**
 * The known lines: maps a raw line without its value to the destination of the value. Open addressing in typed arrays,
 * so that a million lines leave nothing for the garbage collector. Keys are compared in full, four bytes at a time; a
 * hash alone decides nothing.
 *
 * Sweeps keep the bound: when the table is full, a sweep removes each entry without a hit since the last sweep, and the
 * entries beyond half of the bound. A key in use stays, and a key that came once goes; the insertions in between share
 * the cost.
 */
export class LineTable {
  /** Of the hash; see `step`. */
  readonly multiplier: number;
  /** Entries, stale ones included. */
  size = 0;
  evicted = 0;
  readonly #most: number;
  readonly #settle: Settle;
  #meta = new Int32Array(firstCapacity * stride);
  #doubles = new Float64Array(this.#meta.buffer);
  #mask = firstCapacity - 1;
  readonly #keys: LineKeys;
  readonly #refusals = new KnownRefusals();
  readonly #sightings: Sightings;
  /** Entries whose series are gone. */
  #stale = 0;
  #viewed: Buffer | undefined;
  #view = new DataView<ArrayBufferLike>(new ArrayBuffer(0));

  /**
   * @param most entries at most; 0: nothing is remembered.
   * @param seed 32 secret bits: a sender that knew them could choose keys that collide.
   * @param settle gets the hits of a line before the table drops it, and whenever the table settles.
   */
  constructor(most: number, seed: number, settle: Settle = () => {}) {
    this.#most = most;
    this.#settle = settle;
    this.#keys = new LineKeys(Math.max(longestKey, most * meanKey));
    this.#sightings = new Sightings(most);
    this.multiplier = seed | 1;
  }

  /** Lines with a destination or a refusal. */
  get knownLines(): number {
    return this.size - this.#stale;
  }

  /** See `LineEntry.op`; the bits outside of `Op` mean nothing. */
  op(index: number): number {
    return this.#meta[index * stride + verdictField]! & opMask;
  }

  /** See `LineEntry.at`. */
  at(index: number): number {
    return this.#meta[index * stride + atField]!;
  }

  /** See `LineEntry.factor`. */
  factor(index: number): number {
    return this.#doubles[index * (stride / 2) + factorField]!;
  }

  /** Why the line at `index` is refused, of a line with `Op.refused`. */
  refusal(index: number): KnownRefusal {
    return this.#refusals.at(this.at(index));
  }

  /** Counts samples of the rule that decided. Counted by line, since the line's entry is at hand for every sample. */
  hit(index: number, samples: number): void {
    const hits = this.#meta[index * stride + hitsField]! + samples;
    this.#meta[index * stride + hitsField] = hits;
    if (hits >= manyHits) this.#settleAt(index);
  }

  /** The view of `bytes`. Reused: a new one costs as much as finding a line, and UDP always has the same buffer. */
  view(bytes: Buffer): DataView {
    if (bytes !== this.#viewed) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#view;
  }

  /** @returns the index of the entry whose name and rest lie at these places of `view`; -1: the line is not known. */
  find(view: DataView, name: number, nameLength: number, rest: number, restLength: number): number {
    const hash = hashOf(view, name, nameLength, rest, restLength, this.multiplier);
    return this.findHashed(hash, view, name, nameLength, rest, restLength);
  }

  /** The same for a caller that computed the hash (`folded`) while it looked for the ends of name and rest. */
  findHashed(hash: number, view: DataView, name: number, nameLength: number, rest: number, restLength: number): number {
    if (nameLength + restLength > longestKey) return -1;
    const lengths = (nameLength << 16) | restLength;
    const meta = this.#meta;
    const keys = this.#keys.words;
    const mask = this.#mask;
    let index = hash & mask;
    for (let probe = 1; probe <= mostProbes; probe++) {
      const base = index * stride;
      const entryLengths = meta[base + lengthsField]!;
      if (entryLengths === 0) return -1;
      if (meta[base] === hash && entryLengths === lengths) {
        const start = meta[base + startField]!;
        if (
          isSame(keys, start, view, name, nameLength) &&
          isSame(keys, start + words(nameLength), view, rest, restLength)
        ) {
          const verdict = meta[base + verdictField]!;
          if ((verdict & hit) === 0) meta[base + verdictField] = verdict | hit;
          return index;
        }
      }
      index = (index + probe) & mask;
    }
    return -1;
  }

  /** Replaces the entry at `index`, which `find` returned. */
  renew(index: number, entry: LineEntry): void {
    if (!fits(entry)) return;
    if (entry.refusal !== undefined && this.#refusals.isFull) this.#forgetRefused();
    if ((this.op(index) & Op.kind) === Op.stale) this.#stale--;
    this.#settleAt(index);
    this.#write(index, entry, hit);
  }

  /**
   * Drops the destinations of lines whose series expired.
   *
   * @param isGone whether the series that an entry's kind and `at` mean is gone.
   */
  forget(isGone: (kind: number, at: number) => boolean): void {
    this.#markStale((op, at) => (op & Op.timed) !== 0 && isGone(op & Op.kind, at));
    if (this.#stale * 2 > this.size) this.#rebuild(this.#mask + 1, 0, () => true);
  }

  /** Drops the entries of refused lines. */
  #forgetRefused(): void {
    this.settle();
    this.#markStale((op) => (op & Op.kind) === Op.refused);
    this.#refusals.clear();
  }

  #markStale(isGone: (op: number, at: number) => boolean): void {
    for (let index = 0; index <= this.#mask; index++) {
      const op = this.op(index);
      if (!isGone(op, this.at(index))) continue;
      // The slot stays as a tombstone, so that probing still works; its hits stay with the rule that got them.
      this.#meta[index * stride + verdictField]! += Op.stale - (op & opMask);
      this.#stale++;
    }
  }

  /** Hands the hits since the last time to `settle` of the constructor. */
  settle(): void {
    for (let index = 0; index <= this.#mask; index++) this.#settleAt(index);
  }

  /** Drops all lines. */
  clear(): void {
    this.#rebuild(firstCapacity, 0, () => false);
    this.#keys.clear();
    this.#refusals.clear();
  }

  /**
   * Adds a line that `find` did not know. A refused or faulty line is added when it comes for the second time: a stream
   * of different ones would push out the lines that repeat.
   */
  insert(entry: LineEntry, view: DataView, name: number, nameLength: number, rest: number, restLength: number): void {
    if (nameLength + restLength > longestKey || this.#most === 0 || !fits(entry)) return;
    const lengths = (nameLength << 16) | restLength;
    const hash = hashOf(view, name, nameLength, rest, restLength, this.multiplier);
    if (isOdd(entry) && !this.#sightings.isSecond(hash)) return;
    if (entry.refusal !== undefined && this.#refusals.isFull) this.#forgetRefused();
    if (this.size >= this.#most || this.#keys.isFull(keyWords(lengths))) this.#sweep();
    const capacity = this.#mask + 1;
    if (this.size >= capacity * fullest) this.#rebuild(capacity * 2, 0, () => true);
    const index = this.#place(hash, this.#keys.end, lengths);
    if (index < 0) return;
    this.#keys.add(view, name, nameLength, rest, restLength);
    this.#write(index, entry, 0);
  }

  #write(index: number, { op, at, factor, rule = -1, refusal }: LineEntry, flags: number): void {
    this.#meta[index * stride + atField] = refusal === undefined ? at : this.#refusals.numberOf(refusal);
    this.#meta[index * stride + verdictField] = ((rule + 1) << opBits) | op | flags;
    this.#doubles[index * (stride / 2) + factorField] = factor;
  }

  #settleAt(index: number): void {
    const base = index * stride;
    const hits = this.#meta[base + hitsField]!;
    if (hits === 0) return;
    this.#meta[base + hitsField] = 0;
    const rule = this.#meta[base + verdictField]! >>> opBits;
    const [start, lengths] = [this.#meta[base + startField]!, this.#meta[base + lengthsField]!];
    const refusal = (this.op(index) & Op.kind) === Op.refused ? this.refusal(index) : undefined;
    const name = () => textOf(this.#keys.words, start, lengths >>> 16);
    this.#settle(rule === 0 ? undefined : rule - 1, hits, name, refusal);
  }

  /** Takes a free slot for this key. @returns its index; -1: too many keys collide. */
  #place(hash: number, start: number, lengths: number): number {
    let index = hash & this.#mask;
    // Steps that grow: with linear probing a table at this load would be long runs of keys.
    for (let probe = 1; this.#meta[index * stride + lengthsField] !== 0; probe++) {
      if (probe === mostProbes) {
        this.evicted++;
        return -1;
      }
      index = (index + probe) & this.#mask;
    }
    this.#meta[index * stride] = hash;
    this.#meta[index * stride + startField] = start;
    this.#meta[index * stride + lengthsField] = lengths;
    this.size++;
    return index;
  }

  #sweep(): void {
    const before = this.size;
    let room = this.#most >> 1;
    let roomForKeys = this.#keys.most >> 1;
    this.#rebuild(this.#mask + 1, hit, (index) => {
      if ((this.op(index) & hit) === 0) return false;
      roomForKeys -= keyWords(this.#meta[index * stride + lengthsField]!);
      return --room >= 0 && roomForKeys >= 0;
    });
    this.evicted += before - this.size;
  }

  /** @param cleared flags of an op to clear. */
  #rebuild(capacity: number, cleared: number, keep: (index: number) => boolean): void {
    this.settle();
    const meta = this.#meta;
    const doubles = this.#doubles;
    const survivors: number[] = [];
    for (let index = 0; index <= this.#mask; index++) {
      const isLive = meta[index * stride + lengthsField] !== 0 && (this.op(index) & Op.kind) !== Op.stale;
      if (isLive && keep(index)) survivors.push(index);
    }
    // A table that grows does not move its keys.
    const move = capacity > this.#mask + 1 ? undefined : this.#keys.compact();
    this.#meta = new Int32Array(capacity * stride);
    this.#doubles = new Float64Array(this.#meta.buffer);
    this.#mask = capacity - 1;
    this.#stale = 0;
    this.size = 0;
    for (const from of survivors) {
      const base = from * stride;
      const lengths = meta[base + lengthsField]!;
      const start = meta[base + startField]!;
      const to = this.#place(meta[base]!, move?.(start, keyWords(lengths)) ?? start, lengths);
      if (to < 0) continue;
      this.#meta[to * stride + atField] = meta[base + atField]!;
      this.#meta[to * stride + verdictField] = meta[base + verdictField]! & ~cleared;
      this.#doubles[to * (stride / 2) + factorField] = doubles[from * (stride / 2) + factorField]!;
    }
  }
}
