import type { Objective } from './objective.ts';

/** The sketch keeps this many observations and answers exactly; client_golang's stream buffer has this size. */
export const exact = 500;

const none = new Float64Array(0);

/**
 * Three numbers for each objective: the quantile, and the growth of the allowed error with the distance from either
 * end.
 */
export type Slopes = Float64Array;

/**
 * Divided once, since an observation needs the slopes several times. The least and the greatest value are kept exactly.
 */
function slopesOf(objectives: readonly Objective[]): Slopes {
  const between = objectives.filter(({ quantile }) => quantile > 0 && quantile < 1);
  return Float64Array.from(
    between.flatMap(({ quantile, error }) => [quantile, error / quantile, error / (1 - quantile)]),
  );
}

/** When memory is short, sketches keep this many values before they fold neighbours. */
export const exactWhenShort = 32;
/** Three numbers of eight bytes. */
const entryBytes = 24;

/**
 * The resources that all sketches of an owner share: the working space of merges, which grows to the largest merge, and
 * the memory limit of all together.
 */
export class Scratch {
  /** Bytes of all sketches, and of the observations that wait for them. */
  bytes = 0;
  /** How often a window gave up exactness, or a part of its time, to save memory. */
  shortened = 0;
  readonly #most: number;
  values = new Float64Array(0);
  widths = new Float64Array(0);
  deltas = new Float64Array(0);
  #objectives: readonly Objective[] | undefined;
  #slopes: Slopes = none;

  /** @param most bytes of all sketches, from which on they save memory. */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  /** Memory is short: sketches fold early, and a window has two of them. */
  get isShort(): boolean {
    return this.bytes > this.#most;
  }

  /** The sketches take twice their limit: a window has one sketch. */
  get isVeryShort(): boolean {
    return this.bytes > 2 * this.#most;
  }

  /**
   * The slopes of some objectives. The last ones are cached, since most summaries of an owner have the same objectives.
   */
  slopes(objectives: readonly Objective[]): Slopes {
    if (objectives !== this.#objectives) {
      this.#objectives = objectives;
      this.#slopes = slopesOf(objectives);
    }
    return this.#slopes;
  }

  fit(size: number): void {
    if (this.values.length >= size) return;
    const capacity = Math.max(size, this.values.length * 2);
    this.values = new Float64Array(capacity);
    this.widths = new Float64Array(capacity);
    this.deltas = new Float64Array(capacity);
  }
}

/**
 * The uncertainty of the rank of an entry. Where the entry is one value of a weight above 1, without a folded
 * neighbour, it is stored as `-1 - uncertainty`: every rank within such an entry is that value.
 */
function uncertainty(delta: number): number {
  return delta < 0 ? -1 - delta : delta;
}

/**
 * A targeted quantile summary (Cormode, Korn, Muthukrishnan, Srivastava 2005) of weighted values. It merges and
 * compresses as client_golang does, with half its slack. A value of weight w is one entry of width w, never w entries.
 */
export class Sketch {
  #values = none;
  #widths = none;
  #deltas = none;
  #size = 0;
  /** Sum of the weights. */
  #count = 0;
  /** Number of values so far, whatever their weights. */
  #observed = 0;
  #exact = true;

  /** Number of values while the sketch keeps all of them, else `exact`. */
  get exactSize(): number {
    return this.#exact ? this.#observed : exact;
  }

  get bytes(): number {
    return this.#values.length * entryBytes;
  }

  get empty(): boolean {
    return this.#observed === 0;
  }

  /** Merges `size` values in ascending order, with their weights (absent: 1 each). */
  merge(
    values: Float64Array,
    weights: Float64Array | undefined,
    size: number,
    objectives: readonly Objective[],
    scratch: Scratch,
  ): void {
    scratch.fit(this.#size + size);
    const mergedSize = this.#mergeInto(scratch, values, weights, size, scratch.slopes(objectives));
    this.#observed += size;
    let start = 0;
    if (this.#observed >= exact || (scratch.isShort && this.#observed >= exactWhenShort)) {
      this.#exact = false;
      start = this.#compress(scratch, mergedSize, objectives);
    }
    this.#keep(scratch, start, mergedSize);
  }

  /** The value at a quantile; NaN where the sketch is empty. */
  query(objective: Objective, slopes: Slopes): number {
    if (this.#size === 0) return Number.NaN;
    if (objective.quantile === 0) return this.#values[0]!;
    if (objective.quantile === 1) return this.#values[this.#size - 1]!;
    const rankOfQuantile = Math.max(1, Math.ceil(objective.quantile * this.#count));
    if (this.#exact) return this.#exactly(rankOfQuantile);
    const target = rankOfQuantile + Math.ceil(this.#allowed(rankOfQuantile, slopes) / 2);
    let rank = 0;
    for (let i = 1; i < this.#size; i++) {
      rank += this.#widths[i - 1]!;
      if (rank + this.#widths[i]! + uncertainty(this.#deltas[i]!) <= target) continue;
      return this.#deltas[i]! < 0 && rankOfQuantile > rank ? this.#values[i]! : this.#values[i - 1]!;
    }
    return this.#values[this.#size - 1]!;
  }

  #exactly(rankOfQuantile: number): number {
    let rank = 0;
    for (let i = 0; i < this.#size; i++) {
      rank += this.#widths[i]!;
      if (rank >= rankOfQuantile) return this.#values[i]!;
    }
    return this.#values[this.#size - 1]!;
  }

  /**
   * The error that the rank of an entry at `rank` may have, for every objective to hold. client_golang allows twice as
   * much; then its answers are off by more than the error that it states (the median of 2,036 evenly spread values at
   * 0.448, not 0.5 ± 0.05).
   */
  #allowed(rank: number, slopes: Slopes): number {
    const count = this.#count;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < slopes.length; at += 3) {
      const allowed = slopes[at]! * count <= rank ? slopes[at + 1]! * rank : slopes[at + 2]! * (count - rank);
      if (allowed < least) least = allowed;
    }
    return least;
  }

  #mergeInto(
    scratch: Scratch,
    values: Float64Array,
    weights: Float64Array | undefined,
    size: number,
    slopes: Slopes,
  ): number {
    let read = 0;
    let write = 0;
    let rank = 0;
    for (let i = 0; i < size; i++) {
      const value = values[i]!;
      while (read < this.#size && this.#values[read]! <= value) {
        rank += this.#widths[read]!;
        this.#copy(scratch, read++, write++);
      }
      const weight = weights === undefined ? 1 : weights[i]!;
      const between = read < this.#size && !this.#exact;
      scratch.values[write] = value;
      scratch.widths[write] = weight;
      const delta = between ? Math.max(0, Math.floor(this.#allowed(rank, slopes)) - 1) : 0;
      scratch.deltas[write++] = weight === 1 ? delta : -1 - delta;
      this.#count += weight;
      rank += weight;
    }
    while (read < this.#size) this.#copy(scratch, read++, write++);
    return write;
  }

  #copy(scratch: Scratch, from: number, to: number): void {
    scratch.values[to] = this.#values[from]!;
    scratch.widths[to] = this.#widths[from]!;
    scratch.deltas[to] = this.#deltas[from]!;
  }

  /**
   * Folds neighbours, from the right, as far as the error allows. The result lies at the end of `scratch`; returns its
   * start.
   */
  #compress(scratch: Scratch, size: number, objectives: readonly Objective[]): number {
    const { values, widths, deltas } = scratch;
    let keep = size - 1;
    let rank = this.#count - 1 - widths[keep]!;
    const slopes = scratch.slopes(objectives);
    const first = objectives.some(({ quantile }) => quantile === 0) ? 0 : -1;
    for (let i = size - 2; i >= 0; i--) {
      const width = widths[i]!;
      const delta = uncertainty(deltas[keep]!);
      if (i !== first && width + widths[keep]! + delta <= this.#allowed(rank, slopes)) {
        widths[keep]! += width;
        deltas[keep] = delta;
      } else {
        keep--;
        values[keep] = values[i]!;
        widths[keep] = width;
        deltas[keep] = deltas[i]!;
      }
      rank -= width;
    }
    return keep;
  }

  /** Copies a part of the working space into arrays of about its size. */
  #keep(scratch: Scratch, start: number, end: number): void {
    const size = end - start;
    if (this.#values.length < size || this.#values.length > size * 4) {
      const capacity = size <= 4 ? size : Math.ceil(size * 1.25);
      this.#values = new Float64Array(capacity);
      this.#widths = new Float64Array(capacity);
      this.#deltas = new Float64Array(capacity);
    }
    this.#values.set(scratch.values.subarray(start, end));
    this.#widths.set(scratch.widths.subarray(start, end));
    this.#deltas.set(scratch.deltas.subarray(start, end));
    this.#size = size;
  }
}
