import type { Family, Series } from '../exposition/metric-store.ts';
import type { MetricKind } from './sample.ts';
import type { Target, Targeted } from './targets.ts';

/** The lines that made series: those with the same raw name and kind. Most have many series, which differ in their tags. */
interface Origin {
  readonly family: Family;
  readonly kind: MetricKind;
  /** Kind and raw name: a mapping that is loaded later is asked for it. */
  readonly key: string;
  /** Milliseconds after the last sample until a series is forgotten; 0: never. */
  ttl: number;
  series: number;
}

/** A series that statsd lines made. There may be a hundred thousand: every field counts. */
export class LiveSeries implements Targeted {
  readonly series: Series;
  readonly origin: Origin;
  target: Target | undefined;
  /** Place among the living. */
  index: number;

  constructor(series: Series, origin: Origin, index: number) {
    this.series = series;
    this.origin = origin;
    this.index = index;
  }
}

const NONE = new Float64Array(0);

/**
 * The series that live, and when each of those with a time to live was written to last. That is one store into an array by slot for
 * each sample; nothing else here is done for a sample of a known line.
 */
export class Living {
  /** Milliseconds since the epoch, by slot; only those of series with a time to live mean something. */
  touched = NONE;
  readonly #all: LiveSeries[] = [];
  readonly #origins = new Map<string, Origin>();
  /** No series expires before. */
  #earliest = Number.POSITIVE_INFINITY;
  /** When was looked last. Where the clock was set back since, a last sample is taken to be as old as that. */
  #looked = Number.NEGATIVE_INFINITY;

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
  ): LiveSeries {
    const key = `${made.kind} ${made.rawName}`;
    let origin = this.#origins.get(key);
    // Another mapping may have led the same lines to another family.
    if (origin?.family.name !== made.family.name) {
      origin = { family: made.family, kind: made.kind, key, ttl, series: 0 };
      this.#origins.set(key, origin);
    }
    origin.series++;
    const live = new LiveSeries(made.series, origin, this.#all.length);
    this.#all.push(live);
    if (origin.ttl !== 0) this.#start(live, slots, now);
    return live;
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
    visit: (live: LiveSeries) => void,
  ): void {
    const before = new Map<Origin, number>();
    for (const live of this.#all) {
      const { origin } = live;
      if (!before.has(origin)) {
        before.set(origin, origin.ttl);
        origin.ttl = ttl(origin.kind, origin.key.slice(origin.kind.length + 1));
      }
      if (origin.ttl !== 0 && before.get(origin) === 0) this.#start(live, slots, now);
      visit(live);
    }
    this.#earliest = Number.NEGATIVE_INFINITY;
  }

  /** Takes out and gives back the series whose time is over: their last sample is more than their time to live ago. */
  expire(now: number): readonly LiveSeries[] {
    const setBack = now < this.#looked;
    this.#looked = now;
    if (now <= this.#earliest && !setBack) return [];
    this.#earliest = Number.POSITIVE_INFINITY;
    const { touched } = this;
    const gone: LiveSeries[] = [];
    for (const live of this.#all) {
      const { ttl } = live.origin;
      if (ttl === 0) continue;
      const { slot } = live.series;
      if (touched[slot]! > now) touched[slot] = now;
      const end = touched[slot]! + ttl;
      if (now > end) gone.push(live);
      else if (end < this.#earliest) this.#earliest = end;
    }
    for (const live of gone) this.#remove(live);
    return gone;
  }

  #remove({ index, origin }: LiveSeries): void {
    const last = this.#all.pop()!;
    if (index < this.#all.length) {
      last.index = index;
      this.#all[index] = last;
    }
    if (--origin.series === 0 && this.#origins.get(origin.key) === origin) this.#origins.delete(origin.key);
  }

  #start(live: LiveSeries, slots: number, now: number): void {
    if (this.touched.length < slots) {
      const grown = new Float64Array(slots);
      grown.set(this.touched);
      this.touched = grown;
    }
    this.touched[live.series.slot] = now;
    this.#looked = Math.max(this.#looked, now);
    this.#earliest = Math.min(this.#earliest, now + live.origin.ttl);
  }
}
