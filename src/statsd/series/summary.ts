import type { Objective } from './objective.ts';
import type { Scratch } from './sketch.ts';
import { EXACT, EXACT_WHEN_SHORT, Sketch } from './sketch.ts';
import { sortAscending } from './sort-ascending.ts';

/** What the summaries of a runtime have in common. */
export interface SummaryOptions {
  readonly objectives: readonly Objective[];
  /** Milliseconds that an observation counts, at least `(ageBuckets - 1) / ageBuckets` of it. */
  readonly maxAge: number;
  readonly ageBuckets: number;
  readonly scratch: Scratch;
}

/** A sketch of what was observed since the interval `since`. */
interface Aged {
  since: number;
  readonly sketch: Sketch;
}

const FIRST_CAPACITY = 4;

/**
 * Quantiles over a sliding window, as client_golang has them: time passes in intervals of `maxAge / ageBuckets`, and the
 * answer is about what was observed since the beginning of the interval `ageBuckets - 1` before this one. client_golang feeds `ageBuckets`
 * streams at all times; here a sketch begins only with an interval that has observations, so a series with one
 * observation holds one entry. Observations wait in a short buffer until it is full or somebody asks.
 *
 * Where all sketches together take more memory than they may (`Scratch.isShort`), a window keeps its stated error but
 * is not exact below 500 observations, and covers between a half and the whole of its time; statsd_exporter has no
 * bound there.
 */
export class SummaryWindow {
  readonly #options: SummaryOptions;
  readonly #interval: number;
  #aged: Aged[] = [{ since: 0, sketch: new Sketch() }];
  #age = 0;
  #nextInterval: number;
  #pending = new Float64Array(FIRST_CAPACITY);
  /** Absent while every weight is 1. */
  #weights: Float64Array | undefined;
  #size = 0;
  /** Observations that still may wait. A number of its own: to ask the sketch each time would touch three more places of memory. */
  #room = EXACT;
  #changed = true;
  /** What `scratch.held` has of this window. */
  #held = 0;

  /** @param created milliseconds since the epoch; intervals are counted from here. */
  constructor(options: SummaryOptions, created: number) {
    this.#options = options;
    this.#interval = options.maxAge / options.ageBuckets;
    this.#nextInterval = created + this.#interval;
  }

  /** Takes in a finite value that stands for `weight` observations. */
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

  /** The values at the objectives, in their order; NaN where nothing is in the window. Undefined: as they were last time. */
  quantiles(now: number): readonly number[] | undefined {
    if (now >= this.#nextInterval) this.#pass(now);
    if (!this.#changed) return undefined;
    this.#flush();
    this.#changed = false;
    const { objectives, scratch } = this.#options;
    const { sketch } = this.#aged[0]!;
    return objectives.map((objective) => sketch.query(objective, scratch.slopes(objectives)));
  }

  #pass(now: number): void {
    this.#flush();
    const { ageBuckets } = this.#options;
    const passed = Math.floor((now - this.#nextInterval) / this.#interval) + 1;
    this.#nextInterval += passed * this.#interval;
    this.#age += passed;
    const newest = this.#aged[this.#aged.length - 1]!;
    // A clock that leaps over the whole window leaves nothing of it; in between, an interval that saw nothing needs no sketch.
    if (newest.sketch.empty) newest.since = this.#age;
    else if (this.#age - newest.since >= (this.#options.scratch.isShort ? ageBuckets / 2 : 1)) {
      this.#aged.push({ since: this.#age, sketch: new Sketch() });
    }
    const oldest = this.#age - (ageBuckets - 1);
    const gone = this.#aged.findIndex(({ since }) => since >= oldest);
    if (gone > 0) {
      this.#aged.splice(0, gone);
      this.#changed = true;
    }
    this.#makeRoom();
    if (this.#pending.length > FIRST_CAPACITY) {
      this.#pending = new Float64Array(FIRST_CAPACITY);
      this.#weights = undefined;
    }
    this.#account();
  }

  #grow(): void {
    if (this.#options.scratch.isShort && this.#size >= EXACT_WHEN_SHORT) {
      this.#flush();
      return;
    }
    const capacity = Math.min(EXACT, this.#pending.length * 4);
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
    for (const { sketch } of this.#aged) sketch.merge(values, weights, this.#size, objectives, scratch);
    this.#size = 0;
    this.#weights = undefined;
    this.#makeRoom();
    this.#account();
  }

  /** Leaves of the sketches the one of the longest time and the newest, or the newest alone. */
  #shorten(): void {
    const { scratch } = this.#options;
    if (this.#pending.length > EXACT_WHEN_SHORT) this.#pending = new Float64Array(EXACT_WHEN_SHORT);
    const kept = scratch.isVeryShort ? [this.#aged.at(-1)!] : [this.#aged[0]!, this.#aged.at(-1)!];
    if (kept.length < this.#aged.length) this.#aged = kept;
    scratch.shortened++;
  }

  /** To be called when the window is gone. */
  release(): void {
    this.#options.scratch.held -= this.#held;
    this.#held = 0;
  }

  #account(): void {
    let held = (this.#pending.length + (this.#weights?.length ?? 0)) * 8;
    for (const { sketch } of this.#aged) held += sketch.bytes;
    this.#options.scratch.held += held - this.#held;
    this.#held = held;
  }

  /** Nothing waits: as many may as the oldest sketch can take and be exact. */
  #makeRoom(): void {
    const { kept } = this.#aged[0]!.sketch;
    this.#room = kept < EXACT ? EXACT - kept : EXACT;
  }

  #sorted(): { readonly values: Float64Array; readonly weights: Float64Array | undefined } {
    const values = this.#pending.subarray(0, this.#size);
    const given = this.#weights;
    if (given === undefined) {
      sortAscending(values, this.#size);
      return { values, weights: undefined };
    }
    const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
    return {
      values: Float64Array.from(order, (i) => values[i]!),
      weights: Float64Array.from(order, (i) => given[i]!),
    };
  }
}
