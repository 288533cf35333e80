import type { Series } from '../../exposition/metric/metric-store.ts';
import { Origin } from './origin.ts';
import type { SummaryWindow } from './summary.ts';

/** What is not so for most targets. */
interface ScaledTarget {
  /** What every value is multiplied by; of all others: 1. */
  readonly scale: number;
  /** Of summaries alone. */
  readonly window: SummaryWindow | undefined;
  /** The number of another target of the same series, with another scale. */
  readonly next: number | undefined;
}

/**
 * The targets of known lines, by number: a series, and how a value gets into it where that takes more than its slot; one for each series and scale.
 *
 * In the memo of a series is the number of the first of its targets, or, where it has none, its origin: an object of its own for each
 * series would be a tenth of a histogram's memory, and a seventh of a counter's.
 */
export class SeriesTargets {
  // Columns of one table.
  readonly #series: (Series | undefined)[] = [];
  readonly #origins: (Origin | undefined)[] = [];
  readonly #scaled: (ScaledTarget | undefined)[] = [];
  readonly #free: number[] = [];

  /** The series that a known line's target writes to. Lines are forgotten before their targets are released. */
  series(index: number): Series {
    return this.#series[index]!;
  }

  /** Undefined: nothing but the series, with a scale of 1. */
  scaledTarget(index: number): ScaledTarget | undefined {
    return this.#scaled[index];
  }

  /** Which lines made a series; undefined: none did yet. */
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
   * The number of the target that writes to a series with a scale. It is made if there is none.
   *
   * @param window of a summary that has no target yet.
   */
  at(series: Series, scale: number, window: () => SummaryWindow | undefined): number {
    let first: number | undefined;
    for (const index of this.of(series)) {
      if (Object.is(this.#scaled[index]?.scale ?? 1, scale)) return index;
      first ??= index;
    }
    return this.#add(series, scale, first === undefined ? window() : this.#scaled[first]?.window, first);
  }

  /** Its targets' numbers belong to whoever comes next. */
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

  /** Leaves a series one of its targets: the others are for scales that may be gone. */
  reduce(series: Series): void {
    const target = typeof series.memo === 'number' ? this.#scaled[series.memo] : undefined;
    if (target?.next === undefined) return;
    this.#clear(series);
    this.#add(series, target.scale, target.window, undefined);
  }

  /** Brings the quantiles of all summaries up to date. */
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
