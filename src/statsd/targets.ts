import type { Series } from '../exposition/metric-store.ts';
import type { SummaryWindow } from './summary.ts';

/** A series, and how a value gets into it: what a known line needs that is more than a slot. */
export interface Target {
  readonly index: number;
  readonly slot: number;
  /** What every value is multiplied by. */
  readonly scale: number;
  /** Empty but for histograms. */
  readonly bounds: readonly number[];
  /** Absent but for summaries. */
  readonly window: SummaryWindow | undefined;
  /** Another one of the same series, with another scale. */
  readonly next: Target | undefined;
}

/** A series with its targets, a list through `Target.next`. */
export interface Targeted {
  readonly series: Pick<Series, 'slot' | 'bounds'>;
  /** Undefined where no line needs more than the slot. */
  target: Target | undefined;
}

const NO_BOUNDS: readonly number[] = [];
/** In place of one that is gone: what it held may be large. */
const GONE: Target = { index: -1, slot: 0, scale: 1, bounds: NO_BOUNDS, window: undefined, next: undefined };

/** The targets of known lines, by number: one for each series and scale. */
export class Targets {
  #all: Target[] = [];
  #free: number[] = [];

  at(index: number): Target {
    return this.#all[index]!;
  }

  /**
   * The target that writes to a series with a scale.
   *
   * @param window of a summary that has no target yet.
   */
  of(live: Targeted, scale: number, window: () => SummaryWindow | undefined): Target {
    for (let target = live.target; target !== undefined; target = target.next) {
      if (Object.is(target.scale, scale)) return target;
    }
    const { slot, bounds } = live.series;
    const index = this.#free.pop() ?? this.#all.length;
    const first = live.target;
    const made = { index, slot, scale, bounds, window: first === undefined ? window() : first.window, next: first };
    this.#all[index] = made;
    live.target = made;
    return made;
  }

  /** Its targets' numbers belong to whoever comes next. */
  release(live: Targeted): void {
    for (let target = live.target; target !== undefined; target = target.next) {
      this.#all[target.index] = GONE;
      this.#free.push(target.index);
    }
    live.target = undefined;
  }

  /** Leaves a series one of its targets: the others are for scales that may be gone. */
  reduce(live: Targeted): void {
    const first = live.target;
    if (first?.next === undefined) return;
    this.release(live);
    this.of(live, first.scale, () => first.window);
  }

  /** Brings the quantiles of all summaries up to date. */
  collect(values: Float64Array, now: number): void {
    for (const { slot, window } of this.#all) {
      const quantiles = window?.quantiles(now);
      if (quantiles !== undefined) values.set(quantiles, slot + 2);
    }
  }
}
