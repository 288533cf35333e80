/** The limit of the exact count: 512 pairs of words, the memory of the sketch. */
const mostExact = 256;
const firstPairs = 16;
/** The sketch has a power of two registers; the standard error is 1.04 / sqrt(4096), 1.6 %. */
const indexBits = 12;
const registerCount = 2 ** indexBits;
/** Working space: the hashes of a full table, on their way into the registers. */
const moving = new Int32Array(mostExact * 4);
const none = new Int32Array(0);
/** The bits of a hash whose leading zeros are counted. */
const rankBits = 64 - indexBits;

/**
 * Counts different texts: exactly up to 256, beyond that by HyperLogLog with a standard error of 1.6 %. It takes at
 * most 4 KiB, whatever the number and the length of the texts: it keeps 64 bits of hash of a text.
 */
export class Distinct {
  /** Open addressing, two words for a hash; both 0: free. Empty while the sketch counts. */
  #hashes: Int32Array<ArrayBuffer> = new Int32Array(firstPairs * 2);
  #size = 0;
  #registers: Uint8Array<ArrayBuffer> | undefined;

  add(text: string): void {
    let high = firstHigh;
    let low = firstLow;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      high = stepHigh(high, code);
      low = stepLow(low, code);
    }
    this.#add(high, low, text.length);
  }

  /**
   * Adds the text of these bytes, at least one.
   *
   * @returns false: the text is not ASCII and was not added.
   */
  addBytes(bytes: Buffer, from: number, to: number): boolean {
    let high = firstHigh;
    let low = firstLow;
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
   * Forgets all texts. The memory stays for the next ones: ten thousand sets that freed theirs at once would burden the
   * garbage collector. Half of it goes where the set used little.
   */
  clear(): void {
    if (this.#registers !== undefined) {
      this.#hashes = new Int32Array(this.#registers.buffer);
      this.#registers = undefined;
    } else if (this.#size * 16 < this.#hashes.length && this.#hashes.length > firstPairs * 2) {
      this.#hashes = new Int32Array(this.#hashes.length / 2);
    }
    this.#hashes.fill(0);
    this.#size = 0;
  }

  /**
   * Adds the hash of a text whose characters are in both words. A sender can make hashes collide: then only its own
   * count is wrong.
   */
  #add(readHigh: number, readLow: number, length: number): void {
    const high = mixed(readHigh ^ length);
    const mixedLow = mixed(readLow + Math.imul(high, 0x2c1b3c6d));
    // Both words 0 mean a free pair.
    const low = mixedLow === 0 ? 1 : mixedLow;
    if (this.#registers !== undefined) record(this.#registers, high, low);
    else if (put(this.#hashes, high, low) && ++this.#size * 4 > this.#hashes.length) this.#grow();
  }

  count(): number {
    return this.#registers === undefined ? this.#size : Math.round(estimate(this.#registers));
  }

  #grow(): void {
    const before = this.#hashes;
    if (this.#size > mostExact) {
      this.#sketch(before);
      return;
    }
    this.#hashes = new Int32Array(before.length * 2);
    for (let at = 0; at < before.length; at += 2) {
      if (before[at] !== 0 || before[at + 1] !== 0) put(this.#hashes, before[at]!, before[at + 1]!);
    }
  }

  /** Moves the hashes into a sketch in the same bytes. */
  #sketch(hashes: Int32Array<ArrayBuffer>): void {
    moving.set(hashes);
    const registers = new Uint8Array(hashes.buffer);
    registers.fill(0);
    for (let at = 0; at < moving.length; at += 2) {
      if (moving[at] !== 0 || moving[at + 1] !== 0) record(registers, moving[at]!, moving[at + 1]!);
    }
    this.#registers = registers;
    this.#hashes = none;
  }
}

/** @returns whether the hash is new. There is always a free pair: a table is at most half full. */
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
  const index = high >>> (32 - indexBits);
  const rest = high << indexBits;
  const rank = rest === 0 ? 32 - indexBits + Math.clz32(low) + 1 : Math.clz32(rest) + 1;
  if (registers[index]! < rank) registers[index] = rank;
}

/**
 * Otmar Ertl's improved estimator ("New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm
 * 6): free of bias from one value on, without tables and without switching between formulas.
 */
function estimate(registers: Uint8Array): number {
  const counts = new Array<number>(rankBits + 2).fill(0);
  for (const rank of registers) counts[rank]!++;
  let z = registerCount * tau(1 - counts[rankBits + 1]! / registerCount);
  for (let rank = rankBits; rank >= 1; rank--) z = (z + counts[rank]!) / 2;
  z += registerCount * sigma(counts[0]! / registerCount);
  return (registerCount * registerCount) / (2 * Math.LN2 * z);
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

const firstHigh = 0x9e3779b9;
const firstLow = 0x41c6ce57;

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
