import type { Series } from '../../exposition/metric/metric-store.ts';
import { Origin } from './origin.ts';
import type { SummaryWindow } from './summary.ts';

/** Set only for targets with a scale, a window or a sibling. */
interface ScaledTarget {
  /** The factor of every value; 1 for all other targets. */
  readonly scale: number;
  /** Set for summaries only. */
  readonly window: SummaryWindow | undefined;
  /** The number of the next target of the same series, which has another scale. */
  readonly next: number | undefined;
}

/**
 * The targets of known lines, by number. A target is a series, with what a value needs beside its slot; there is one
 * for each series and scale.
 *
 * The memo of a series holds the number of its first target, or its origin where it has no target. An object for each
 * series would take a tenth of the memory of a histogram, and a seventh of that of a counter.
 */
export class SeriesTargets {
  // Columns of one table.
  readonly #series: (Series | undefined)[] = [];
  readonly #origins: (Origin | undefined)[] = [];
  readonly #scaled: (ScaledTarget | undefined)[] = [];
  readonly #free: number[] = [];

  /** The series that a target writes to. The line table drops lines before their targets are released. */
  series(index: number): Series {
    return this.#series[index]!;
  }

  /** Undefined: the target is a series alone, with a scale of 1. */
  scaledTarget(index: number): ScaledTarget | undefined {
    return this.#scaled[index];
  }

  /** The lines that made a series; undefined: the series is new. */
  originOf({ memo }: Series): Origin | undefined {
    if (typeof memo === 'number') return this.#origins[memo];
    return memo instanceof Origin ? memo : undefined;
  }

  /** The numbers of all targets of a series. */
  *of({ memo }: Series): Generator<number> {
    let index = typeof memo === 'number' ? memo : undefined;
    while (index !== undefined) {
      yield index;
      index = this.#scaled[index]?.next;
    }
  }

  /**
   * The number of the target that writes to a series with a scale; it is made where there is none.
   *
   * @param window makes the window of a summary that has no target yet.
   */
  at(series: Series, scale: number, window: () => SummaryWindow | undefined): number {
    let first: number | undefined;
    for (const index of this.of(series)) {
      if (Object.is(this.#scaled[index]?.scale ?? 1, scale)) return index;
      first ??= index;
    }
    return this.#add(series, scale, first === undefined ? window() : this.#scaled[first]?.window, first);
  }

  /** Frees the numbers of its targets for other series. */
  release(series: Series): void {
    for (const index of this.of(series)) this.#scaled[index]?.window?.release();
    this.#clear(series);
  }

  #clear(series: Series): void {
    const origin = this.originOf(series);
    for (const index of [...this.of(series)]) {
      this.#series[index] = undefined;
      this.#origins[index] = undefined;
      this.#scaled[index] = undefined;
      this.#free.push(index);
    }
    series.memo = origin;
  }

  /** Leaves a series one target: another mapping may no longer have the scales of the others. */
  reduce(series: Series): void {
    const target = typeof series.memo === 'number' ? this.#scaled[series.memo] : undefined;
    if (target?.next === undefined) return;
    this.#clear(series);
    this.#add(series, target.scale, target.window, undefined);
  }

  /** Updates the quantiles of all summaries. */
  collect(values: Float64Array, now: number): void {
    for (let index = 0; index < this.#scaled.length; index++) {
      const quantiles = this.#scaled[index]?.window?.quantiles(now);
      if (quantiles !== undefined) values.set(quantiles, this.#series[index]!.slot + 2);
    }
  }

  #add(series: Series, scale: number, window: SummaryWindow | undefined, next: number | undefined): number {
    const index = this.#free.pop() ?? this.#series.length;
    const isPlain = scale === 1 && window === undefined && next === undefined;
    this.#origins[index] = this.originOf(series);
    this.#series[index] = series;
    this.#scaled[index] = isPlain ? undefined : { scale, window, next };
    series.memo = index;
    return index;
  }
}
