import type { Objective } from './objective.ts';
import type { Scratch } from './sketch.ts';
import { exact, exactWhenShort, Sketch } from './sketch.ts';
import { sortAscending } from './sort-ascending.ts';

/** The options that all series of a summary share. */
export interface SummaryOptions {
  readonly objectives: readonly Objective[];
  /** Milliseconds for which an observation counts, at least `(ageBuckets - 1) / ageBuckets` of it. */
  readonly maxAge: number;
  readonly ageBuckets: number;
  readonly scratch: Scratch;
}

/** A sketch of the observations since the interval `since`. */
interface AgedSketch {
  since: number;
  readonly sketch: Sketch;
}

const firstCapacity = 4;

/**
 * Quantiles over a sliding window, as client_golang has them. Time passes in intervals of `maxAge / ageBuckets`; an
 * answer covers the observations since the beginning of the interval `ageBuckets - 1` before the current one.
 * client_golang always feeds `ageBuckets` streams; here a sketch begins only with an interval that has observations, so
 * a series with one observation holds one entry. Observations wait in a short buffer until it is full or a caller asks
 * for quantiles.
 *
 * Where all sketches together exceed their memory (`Scratch.isShort`), a window keeps its stated error but is not exact
 * below 500 observations, and covers between a half and the whole of its time; statsd_exporter has no such bound.
 */
export class SummaryWindow {
  readonly #options: SummaryOptions;
  readonly #interval: number;
  #sketches: AgedSketch[] = [{ since: 0, sketch: new Sketch() }];
  #age = 0;
  #nextInterval: number;
  #pending = new Float64Array(firstCapacity);
  /** Absent while every weight is 1. */
  #weights: Float64Array | undefined;
  #size = 0;
  /**
   * The number of observations that may still wait. A field: asking the sketch each time would touch three more cache
   * lines.
   */
  #room = exact;
  #changed = true;
  /** The share of this window in `scratch.bytes`. */
  #bytes = 0;

  /** @param created milliseconds since the epoch, where the first interval begins. */
  constructor(options: SummaryOptions, created: number) {
    this.#options = options;
    this.#interval = options.maxAge / options.ageBuckets;
    this.#nextInterval = created + this.#interval;
  }

  /** Adds a finite value that stands for `weight` observations. */
  observe(value: number, weight: number, now: number): void {
    if (now >= this.#nextInterval) this.#pass(now);
    if (this.#size === this.#pending.length) this.#grow();
    if (weight !== 1 && this.#weights === undefined) {
      this.#weights = new Float64Array(this.#pending.length).fill(1, 0, this.#size);
    }
    if (this.#weights !== undefined) this.#weights[this.#size] = weight;
    this.#pending[this.#size++] = value;
    this.#changed = true;
    if (--this.#room <= 0) this.#flush();
  }

  /**
   * The values at the objectives, in their order; NaN where the window is empty. Undefined: unchanged since the last
   * call.
   */
  quantiles(now: number): readonly number[] | undefined {
    if (now >= this.#nextInterval) this.#pass(now);
    if (!this.#changed) return undefined;
    this.#flush();
    this.#changed = false;
    const { objectives, scratch } = this.#options;
    const { sketch } = this.#sketches[0]!;
    return objectives.map((objective) => sketch.query(objective, scratch.slopes(objectives)));
  }

  #pass(now: number): void {
    this.#flush();
    const { ageBuckets } = this.#options;
    const intervals = Math.floor((now - this.#nextInterval) / this.#interval) + 1;
    this.#nextInterval += intervals * this.#interval;
    this.#age += intervals;
    const newest = this.#sketches[this.#sketches.length - 1]!;
    // When the clock leaps over the whole window, nothing remains. An empty interval in between needs no sketch.
    if (newest.sketch.empty) newest.since = this.#age;
    else if (this.#age - newest.since >= (this.#options.scratch.isShort ? ageBuckets / 2 : 1)) {
      this.#sketches.push({ since: this.#age, sketch: new Sketch() });
    }
    const oldest = this.#age - (ageBuckets - 1);
    const firstInWindow = this.#sketches.findIndex(({ since }) => since >= oldest);
    if (firstInWindow > 0) {
      this.#sketches.splice(0, firstInWindow);
      this.#changed = true;
    }
    this.#makeRoom();
    if (this.#pending.length > firstCapacity) {
      this.#pending = new Float64Array(firstCapacity);
      this.#weights = undefined;
    }
    this.#account();
  }

  #grow(): void {
    if (this.#options.scratch.isShort && this.#size >= exactWhenShort) {
      this.#flush();
      return;
    }
    const capacity = Math.min(exact, this.#pending.length * 4);
    const pending = new Float64Array(capacity);
    pending.set(this.#pending);
    this.#pending = pending;
    if (this.#weights !== undefined) {
      const weights = new Float64Array(capacity);
      weights.set(this.#weights);
      this.#weights = weights;
    }
    this.#account();
  }

  #flush(): void {
    if (this.#size === 0) return;
    const { objectives, scratch } = this.#options;
    const { values, weights } = this.#sorted();
    if (scratch.isShort) this.#shorten();
    for (const { sketch } of this.#sketches) sketch.merge(values, weights, this.#size, objectives, scratch);
    this.#size = 0;
    this.#weights = undefined;
    this.#makeRoom();
    this.#account();
  }

  /** Keeps the sketch of the longest time and the newest one, or the newest alone. */
  #shorten(): void {
    const { scratch } = this.#options;
    if (this.#pending.length > exactWhenShort) this.#pending = new Float64Array(exactWhenShort);
    const survivors = scratch.isVeryShort ? [this.#sketches.at(-1)!] : [this.#sketches[0]!, this.#sketches.at(-1)!];
    if (survivors.length < this.#sketches.length) this.#sketches = survivors;
    scratch.shortened++;
  }

  /** To be called when the window is firstInWindow. */
  release(): void {
    this.#options.scratch.bytes -= this.#bytes;
    this.#bytes = 0;
  }

  #account(): void {
    let bytes = (this.#pending.length + (this.#weights?.length ?? 0)) * 8;
    for (const { sketch } of this.#sketches) bytes += sketch.bytes;
    this.#options.scratch.bytes += bytes - this.#bytes;
    this.#bytes = bytes;
  }

  /** The buffer is empty: the room is what the oldest sketch can take and stay exact. */
  #makeRoom(): void {
    const { exactSize } = this.#sketches[0]!.sketch;
    this.#room = exactSize < exact ? exact - exactSize : exact;
  }

  #sorted(): { readonly values: Float64Array; readonly weights: Float64Array | undefined } {
    const values = this.#pending.subarray(0, this.#size);
    const weights = this.#weights;
    if (weights === undefined) {
      sortAscending(values, this.#size);
      return { values, weights: undefined };
    }
    const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
    return {
      values: Float64Array.from(order, (i) => values[i]!),
      weights: Float64Array.from(order, (i) => weights[i]!),
    };
  }
}
