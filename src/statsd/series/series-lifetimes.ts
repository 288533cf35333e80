import type { Family, Series } from '../../exposition/metric/metric-store.ts';
import type { MetricKind } from '../line/sample.ts';
import { Origin } from './origin.ts';

const none = new Float64Array(0);

/**
 * The live series, and the time of the last write of each one that has a time to live. A sample of a known line costs
 * one store into an array, by slot; a series without a time to live costs nothing.
 */
export class SeriesLifetimes {
  /** Milliseconds of a clock that only goes forward, by slot; valid for series with a time to live only. */
  lastWrite = none;
  readonly #origins = new Map<string, Origin>();
  readonly #families = new Set<Family>();
  /** Series with a time to live. */
  #timed: Series[] = [];
  /** The earliest time at which a series can expire. */
  #earliest = Number.POSITIVE_INFINITY;
  readonly #originOf: (series: Series) => Origin | undefined;

  constructor(originOf: (series: Series) => Origin | undefined) {
    this.#originOf = originOf;
  }

  /**
   * Adds a series.
   *
   * @param newSeries `rawName` is the name of the line that made the series.
   * @param slots the number of slots in the store.
   */
  add(
    newSeries: {
      readonly family: Family;
      readonly series: Series;
      readonly kind: MetricKind;
      readonly rawName: string;
    },
    ttl: number,
    slots: number,
    now: number,
  ): Origin {
    const { family, series, kind, rawName } = newSeries;
    const key = `${kind} ${rawName}`;
    let origin = this.#origins.get(key);
    // Another mapping may have routed the same lines to another family.
    if (origin?.family.name !== family.name) {
      origin = new Origin(family, kind, key, ttl);
      this.#origins.set(key, origin);
    }
    origin.series++;
    series.memo = origin;
    this.#families.add(family);
    if (origin.ttl !== 0) {
      this.#timed.push(series);
      this.#start(series, origin, slots, now);
    }
    return origin;
  }

  /**
   * Gives all series other times to live. A series that had none starts now.
   *
   * @param visit called with every series.
   */
  retime(
    ttl: (kind: MetricKind, rawName: string) => number,
    slots: number,
    now: number,
    visit: (series: Series) => void,
  ): void {
    const before = new Map<Origin, number>();
    this.#timed = [];
    for (const family of this.#families) {
      for (const series of family.all()) {
        const origin = this.#originOf(series)!;
        if (!before.has(origin)) {
          before.set(origin, origin.ttl);
          origin.ttl = ttl(origin.kind, origin.key.slice(origin.kind.length + 1));
        }
        if (origin.ttl !== 0) {
          this.#timed.push(series);
          if (before.get(origin) === 0) this.#start(series, origin, slots, now);
        }
        visit(series);
      }
    }
    this.#earliest = Number.NEGATIVE_INFINITY;
  }

  /** Removes and returns the series whose last sample is older than their time to live. */
  expire(now: number): readonly Series[] {
    if (now <= this.#earliest) return [];
    this.#earliest = Number.POSITIVE_INFINITY;
    for (const family of this.#families) if (family.size === 0) this.#families.delete(family);
    const { lastWrite } = this;
    const expired: Series[] = [];
    const remaining: Series[] = [];
    for (const series of this.#timed) {
      const origin = this.#originOf(series)!;
      const end = lastWrite[series.slot]! + origin.ttl;
      if (now <= end) {
        remaining.push(series);
        if (end < this.#earliest) this.#earliest = end;
        continue;
      }
      expired.push(series);
      if (--origin.series === 0 && this.#origins.get(origin.key) === origin) this.#origins.delete(origin.key);
    }
    if (expired.length > 0) this.#timed = remaining;
    return expired;
  }

  #start({ slot }: Series, { ttl }: Origin, slots: number, now: number): void {
    if (this.lastWrite.length < slots) {
      const larger = new Float64Array(slots);
      larger.set(this.lastWrite);
      this.lastWrite = larger;
    }
    this.lastWrite[slot] = now;
    this.#earliest = Math.min(this.#earliest, now + ttl);
  }
}
