/** So many different values are counted one by one: in 512 pairs of words, which is what the sketch takes too. */
const MOST_EXACT = 256;
const FIRST_PAIRS = 16;
/** Registers of the sketch are a power of two; the standard error is 1.04 / sqrt(4096), 1.6 %. */
const INDEX_BITS = 12;
const REGISTERS = 2 ** INDEX_BITS;
/** All hashes of a table that is full, on their way into the registers. */
const MOVED = new Int32Array(MOST_EXACT * 4);
const NONE = new Int32Array(0);
/** Bits of a hash that are left to count zeros in. */
const RANK_BITS = 64 - INDEX_BITS;

/**
 * How many different texts there were: exactly up to 256, beyond that by HyperLogLog with a standard error of 1.6 %. It never takes
 * more than 4 KiB, however many texts come and however long they are: of a text it keeps a hash of 64 bits.
 */
export class Distinct {
  /** Open addressing, two words to a hash; both 0: free. Empty once the sketch has taken over. */
  #hashes: Int32Array<ArrayBuffer> = new Int32Array(FIRST_PAIRS * 2);
  #size = 0;
  #registers: Uint8Array<ArrayBuffer> | undefined;

  add(text: string): void {
    let high = FIRST_HIGH;
    let low = FIRST_LOW;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      high = stepHigh(high, code);
      low = stepLow(low, code);
    }
    this.#add(high, low, text.length);
  }

  /**
   * Adds the text of these bytes, of which there is one at least.
   *
   * @returns false: nothing was done, since it is not ASCII.
   */
  addBytes(bytes: Buffer, from: number, to: number): boolean {
    let high = FIRST_HIGH;
    let low = FIRST_LOW;
    for (let at = from; at < to; at++) {
      const code = bytes[at]!;
      if (code > 127) return false;
      high = stepHigh(high, code);
      low = stepLow(low, code);
    }
    this.#add(high, low, to - from);
    return true;
  }

  /**
   * Forgets all of them. The memory stays for those that come next, or ten thousand sets would leave theirs to the
   * garbage collector at once; half of it goes where little was used.
   */
  clear(): void {
    if (this.#registers !== undefined) {
      this.#hashes = new Int32Array(this.#registers.buffer);
      this.#registers = undefined;
    } else if (this.#size * 16 < this.#hashes.length && this.#hashes.length > FIRST_PAIRS * 2) {
      this.#hashes = new Int32Array(this.#hashes.length / 2);
    }
    this.#hashes.fill(0);
    this.#size = 0;
  }

  /**
   * Ends a hash of 64 bits into which all characters were taken. Senders may make hashes collide: only their own count is
   * wrong then.
   */
  #add(readHigh: number, readLow: number, length: number): void {
    const high = mixed(readHigh ^ length);
    const mixedLow = mixed(readLow + Math.imul(high, 0x2c1b3c6d));
    // Both 0 would be a free place.
    const low = mixedLow === 0 ? 1 : mixedLow;
    if (this.#registers !== undefined) record(this.#registers, high, low);
    else if (put(this.#hashes, high, low) && ++this.#size * 4 > this.#hashes.length) this.#grow();
  }

  count(): number {
    return this.#registers === undefined ? this.#size : Math.round(estimate(this.#registers));
  }

  #grow(): void {
    const before = this.#hashes;
    if (this.#size > MOST_EXACT) {
      this.#sketch(before);
      return;
    }
    this.#hashes = new Int32Array(before.length * 2);
    for (let at = 0; at < before.length; at += 2) {
      if (before[at] !== 0 || before[at + 1] !== 0) put(this.#hashes, before[at]!, before[at + 1]!);
    }
  }

  /** The sketch takes over, in the same bytes. */
  #sketch(hashes: Int32Array<ArrayBuffer>): void {
    MOVED.set(hashes);
    const registers = new Uint8Array(hashes.buffer);
    registers.fill(0);
    for (let at = 0; at < MOVED.length; at += 2) {
      if (MOVED[at] !== 0 || MOVED[at + 1] !== 0) record(registers, MOVED[at]!, MOVED[at + 1]!);
    }
    this.#registers = registers;
    this.#hashes = NONE;
  }
}

/** @returns whether the hash was not there. There is always a free pair: a table is at most half full. */
function put(hashes: Int32Array, high: number, low: number): boolean {
  const mask = hashes.length - 1;
  for (let at = (low << 1) & mask; ; at = (at + 2) & mask) {
    if (hashes[at] === 0 && hashes[at + 1] === 0) {
      hashes[at] = high;
      hashes[at + 1] = low;
      return true;
    }
    if (hashes[at] === high && hashes[at + 1] === low) return false;
  }
}

function record(registers: Uint8Array, high: number, low: number): void {
  const index = high >>> (32 - INDEX_BITS);
  const rest = high << INDEX_BITS;
  const rank = rest === 0 ? 32 - INDEX_BITS + Math.clz32(low) + 1 : Math.clz32(rest) + 1;
  if (registers[index]! < rank) registers[index] = rank;
}

/**
 * Otmar Ertl's improved estimator ("New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6): without
 * bias from one value on, without tables and without switching between formulas.
 */
function estimate(registers: Uint8Array): number {
  const counts = new Array<number>(RANK_BITS + 2).fill(0);
  for (const rank of registers) counts[rank]!++;
  let z = REGISTERS * tau(1 - counts[RANK_BITS + 1]! / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank--) z = (z + counts[rank]!) / 2;
  z += REGISTERS * sigma(counts[0]! / REGISTERS);
  return (REGISTERS * REGISTERS) / (2 * Math.LN2 * z);
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let power = share;
  let sum = share;
  for (let factor = 1, before = -1; sum !== before; factor *= 2) {
    power *= power;
    before = sum;
    sum += power * factor;
  }
  return sum;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let root = share;
  let sum = 1 - share;
  for (let factor = 0.5, before = -1; sum !== before; factor /= 2) {
    root = Math.sqrt(root);
    before = sum;
    sum -= (1 - root) ** 2 * factor;
  }
  return sum / 3;
}

const FIRST_HIGH = 0x9e3779b9;
const FIRST_LOW = 0x41c6ce57;

function stepHigh(high: number, code: number): number {
  const next = Math.imul(high ^ code, 0x85ebca6b);
  return next ^ (next >>> 15);
}

function stepLow(low: number, code: number): number {
  const next = Math.imul(low ^ code, 0x5bd1e995);
  return next ^ (next >>> 13);
}

function mixed(word: number): number {
  let mix = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  mix = Math.imul(mix ^ (mix >>> 15), 0x846ca68b);
  return mix ^ (mix >>> 16);
}
