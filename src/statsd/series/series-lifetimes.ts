import type { Family, Series } from '../../exposition/metric/metric-store.ts';
import type { MetricKind } from '../line/sample.ts';
import { Origin } from './origin.ts';

const NONE = new Float64Array(0);

/**
 * The series that live, and when each of those with a time to live was written to last. That is one store into an array by slot for
 * each sample; nothing else here is done for a sample of a known line, and nothing kept for a series without a time to live.
 */
export class SeriesLifetimes {
  /** Milliseconds of a clock that only goes forward, by slot; only those of series with a time to live mean something. */
  lastWrite = NONE;
  readonly #origins = new Map<string, Origin>();
  readonly #families = new Set<Family>();
  /** Those with a time to live. */
  #timed: Series[] = [];
  /** No series expires before. */
  #earliest = Number.POSITIVE_INFINITY;
  readonly #originOf: (series: Series) => Origin | undefined;

  constructor(originOf: (series: Series) => Origin | undefined) {
    this.#originOf = originOf;
  }

  /**
   * A series came.
   *
   * @param rawName of the line that made it.
   * @param slots how many slots there are.
   */
  add(
    made: { readonly family: Family; readonly series: Series; readonly kind: MetricKind; readonly rawName: string },
    ttl: number,
    slots: number,
    now: number,
  ): Origin {
    const { family, series, kind, rawName } = made;
    const key = `${kind} ${rawName}`;
    let origin = this.#origins.get(key);
    // Another mapping may have led the same lines to another family.
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
   * Gives all series other times to live. One that had none counts from now.
   *
   * @param visit is called for every series.
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

  /** Takes out and gives back the series whose time is over: their last sample is more than their time to live ago. */
  expire(now: number): readonly Series[] {
    if (now <= this.#earliest) return [];
    this.#earliest = Number.POSITIVE_INFINITY;
    for (const family of this.#families) if (family.size === 0) this.#families.delete(family);
    const { lastWrite } = this;
    const gone: Series[] = [];
    const stay: Series[] = [];
    for (const series of this.#timed) {
      const origin = this.#originOf(series)!;
      const end = lastWrite[series.slot]! + origin.ttl;
      if (now <= end) {
        stay.push(series);
        if (end < this.#earliest) this.#earliest = end;
        continue;
      }
      gone.push(series);
      if (--origin.series === 0 && this.#origins.get(origin.key) === origin) this.#origins.delete(origin.key);
    }
    if (gone.length > 0) this.#timed = stay;
    return gone;
  }

  #start({ slot }: Series, { ttl }: Origin, slots: number, now: number): void {
    if (this.lastWrite.length < slots) {
      const grown = new Float64Array(slots);
      grown.set(this.lastWrite);
      this.lastWrite = grown;
    }
    this.lastWrite[slot] = now;
    this.#earliest = Math.min(this.#earliest, now + ttl);
  }
}
