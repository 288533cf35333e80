import { bucketOf } from '../exposition/bucket.ts';
import type { MetricType, Refusal } from '../exposition/family.ts';
import type { Family, MetricStore, Series } from '../exposition/metric-store.ts';
import { LiveSeries, Living } from './live-series.ts';
import { shapeProblem } from './observer.ts';
import { mergeLabels, type SeriesRoute } from './route.ts';
import type { MetricKind, Suffix } from './sample.ts';
import { Shapes } from './shapes.ts';
import { SummaryWindow } from './summary.ts';
import { Op } from './table.ts';
import { Targets } from './targets.ts';

/** Why a sample does not fit what its name is already. */
export type ConflictReason = Extract<Refusal, `${string}_conflict`> | 'bounds_conflict' | 'quantiles_conflict';

/** Where the values of a line go. */
export interface Destination {
  readonly ok: true;
  readonly op: number;
  /** See `Entry.at`. */
  readonly at: number;
}

export type Resolved =
  | Destination
  /** `name`: the escaped name. */
  | { readonly ok: false; readonly reason: Refusal | ConflictReason; readonly name: string };

/** What a line is to become, and of what. */
export interface Wanted {
  /** As it was sent, without its tags. */
  readonly rawName: string;
  readonly suffix: Suffix & { readonly kind: MetricKind };
  readonly route: SeriesRoute;
}

/** Series that are gone. */
export interface Expired {
  readonly slots: ReadonlySet<number>;
  /** Whether a known line of this kind and `at` means one of them. */
  has(kind: number, at: number): boolean;
}

const OWNER = 'statsd';
/** Sets and gauges of one name would write over each other. */
const SET_OWNER = 'statsd/sets';

/** The series of the page that statsd lines made, and how a value is added to one. */
export class Aggregate {
  readonly store: MetricStore;
  /** Milliseconds since the epoch; whoever feeds lines sets it, once for many lines. */
  now = 0;
  readonly shapes = new Shapes();
  /** Series that live now, by type. */
  readonly series = new Map<MetricType, number>();
  expired = 0;
  readonly living = new Living();
  readonly #targets = new Targets();

  constructor(store: MetricStore) {
    this.store = store;
  }

  /** The series that a route and the labels of a line mean; it is made if there is none and nothing forbids it. */
  resolve(wanted: Wanted): Resolved {
    const { route, suffix } = wanted;
    const { name, observer, scale } = route;
    const type = suffix.kind === 'observer' ? observer.type : suffix.kind;
    const family = this.#family(route, type, suffix.set ? SET_OWNER : OWNER);
    if (!family.ok) return { ok: false, reason: family.reason, name };
    const series = family.value.series(mergeLabels(suffix.labels, route));
    if (!series.ok) return { ok: false, reason: series.reason, name };
    const live = this.#live(family.value, series.value, wanted);
    const flags =
      (route.mapped ? Op.mapped : 0) |
      (suffix.labels.length > 0 ? Op.tagged : 0) |
      (suffix.milliseconds ? Op.milliseconds : 0) |
      (live.origin.ttl === 0 ? 0 : Op.timed);
    if (type === 'summary' || type === 'histogram') {
      const window = () => (observer.type === 'summary' ? new SummaryWindow(observer.summary, this.now) : undefined);
      return { ok: true, op: Op[type] | flags, at: this.#targets.of(live, scale, window).index };
    }
    if (scale === 1) return { ok: true, op: Op[type] | flags, at: series.value.slot };
    const op = type === 'counter' ? Op.scaledCounter : Op.scaledGauge;
    return { ok: true, op: op | flags, at: this.#targets.of(live, scale, () => undefined).index };
  }

  /** Whether `apply` may add the value: one that is not finite, or below zero for a counter, leaves a series without meaning for good. */
  isHarmless(op: number, at: number, sent: number, factor: number): boolean {
    const kind = op & Op.kind;
    if (kind === Op.gauge || kind === Op.scaledGauge) return true;
    if (kind === Op.counter) return isIncrement(sent / factor);
    const { scale } = this.#targets.at(at);
    if (kind === Op.scaledCounter) return isIncrement((sent / factor) * scale);
    return Number.isFinite(((op & Op.milliseconds) === 0 ? sent : sent / 1000) * scale * factor);
  }

  /**
   * Adds a value to a counter or gauge with a scale, or an observation of `factor` to a summary or histogram.
   *
   * @returns false where nothing was done: the value would do harm, or the series is gone.
   */
  add(op: number, at: number, sent: number, factor: number, relative: boolean): boolean {
    const kind = op & Op.kind;
    if (kind >= Op.dropped) return kind === Op.dropped;
    const { slot, scale, bounds, window } = this.#targets.at(at);
    const { values } = this.store;
    if (kind <= Op.histogram) {
      const value = ((op & Op.milliseconds) === 0 ? sent : sent / 1000) * scale;
      const part = value * factor;
      if (!Number.isFinite(part)) return false;
      if (kind === Op.histogram) {
        values[slot + bucketOf(bounds, value)]! += factor;
        values[slot + bounds.length + 1]! += part;
      } else {
        values[slot]! += factor;
        values[slot + 1]! += part;
        window!.observe(value, factor, this.now);
      }
    } else if (kind === Op.scaledCounter) {
      const increment = (sent / factor) * scale;
      if (!isIncrement(increment)) return false;
      values[slot]! += increment;
    } else if (relative) values[slot]! += sent * scale;
    else values[slot] = sent * scale;
    if ((op & Op.timed) !== 0) this.living.touched[slot] = this.now;
    return true;
  }

  /** Adds a value to a destination of any kind; for lines that are read in full. */
  apply(op: number, at: number, sent: number, factor: number, relative: boolean): void {
    const { values } = this.store;
    const kind = op & Op.kind;
    if (kind > Op.gauge) {
      this.add(op, at, sent, factor, relative);
      return;
    }
    if (kind === Op.counter) values[at]! += sent / factor;
    else if (relative) values[at]! += sent;
    else values[at] = sent;
    if ((op & Op.timed) !== 0) this.living.touched[at] = this.now;
  }

  /** Brings the quantiles of all summaries up to date. */
  collect(now: number): void {
    this.#targets.collect(this.store.values, now);
  }

  /**
   * Takes the series off the page whose time is over.
   *
   * @returns what they were to known lines and sets, which must forget them before the next line comes; undefined: there were none.
   */
  expire(now: number): Expired | undefined {
    const gone = this.living.expire(now);
    if (gone.length === 0) return undefined;
    const slots = new Set<number>();
    const targets = new Set<number>();
    for (const live of gone) {
      const { series, origin } = live;
      slots.add(series.slot);
      for (let { target } = live; target !== undefined; target = target.next) targets.add(target.index);
      this.#targets.release(live);
      this.#count(origin.family, series, -1);
      origin.family.remove(series);
    }
    this.expired += gone.length;
    return { slots, has: (kind, at) => (kind <= Op.gauge ? slots : targets).has(at) };
  }

  /** Takes the times to live of another mapping over. No known line may be left: what they meant is forgotten. */
  remap(ttl: (kind: MetricKind, rawName: string) => number, now: number): void {
    this.living.retime(ttl, this.store.values.length, now, (live) => this.#targets.reduce(live));
  }

  #family({ name, help, observer }: SeriesRoute, type: MetricType, owner: string) {
    const spec = { name, type, help, owner };
    if (type !== observer.type) return this.store.family(spec);
    const family = this.store.family(
      observer.type === 'histogram' ? { ...spec, bounds: observer.bounds } : { ...spec, quantiles: observer.quantiles },
    );
    const problem = family.ok ? shapeProblem(observer, family.value.spec) : undefined;
    return problem === undefined ? family : { ok: false as const, reason: problem };
  }

  #live(family: Family, series: Series, { rawName, suffix, route }: Wanted): LiveSeries {
    if (series.memo instanceof LiveSeries) return series.memo;
    const made = { family, series, kind: suffix.kind, rawName };
    const live = this.living.add(made, route.ttl, this.store.values.length, this.now);
    series.memo = live;
    this.#count(family, series, 1);
    return live;
  }

  #count(family: Family, series: Series, change: 1 | -1): void {
    this.shapes[change === 1 ? 'enter' : 'leave'](family, series);
    this.series.set(family.type, (this.series.get(family.type) ?? 0) + change);
  }
}

function isIncrement(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}
