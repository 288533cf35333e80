import { bucketOf } from '../../exposition/metric/bucket.ts';
import type { FamilySpec, Labels, MetricType, Refusal, Refused } from '../../exposition/metric/family.ts';
import { labelsHash } from '../../exposition/metric/label-hash.ts';
import type { Family, MetricStore, Series } from '../../exposition/metric/metric-store.ts';
import type { MetricKind, Suffix } from '../line/sample.ts';
import { isMove } from './finite.ts';
import type { FullFamily } from './full-family.ts';
import type { ObserverOptions } from './observer.ts';
import { Op } from './op.ts';
import type { Origin } from './origin.ts';
import { SeriesLifetimes } from './series-lifetimes.ts';
import { mergeLabels, type SeriesRoute } from './series-route.ts';
import { SeriesTargets } from './series-targets.ts';
import { Shapes } from './shapes.ts';
import { SummaryWindow } from './summary.ts';

/** The destination of the values of a line. */
export interface Destination {
  readonly ok: true;
  readonly op: number;
  /** See `LineEntry.at`. */
  readonly at: number;
  readonly series: Series;
  readonly origin: Origin;
}

export type Resolution = Destination | SeriesRefusal;

/** The reason why a line gets no series. */
export interface SeriesRefusal {
  readonly ok: false;
  readonly reason: Refusal;
  /** The escaped name. */
  readonly name: string;
  /** The refused name, as the page counts it. */
  readonly pageName: string;
  /** The number of time series that had no room. */
  readonly lines: number;
  /** The family was refused, or this series would have been its first. */
  readonly isFirst: boolean;
  /** Set where every other label set would be refused too. */
  readonly full: FullFamily | undefined;
}

/** The series that a line asks for. */
export interface SeriesRequest {
  /** The name of the line, without its tags. */
  readonly rawName: string;
  readonly suffix: Suffix & { readonly kind: MetricKind };
  readonly route: SeriesRoute;
}

/** Series that expired. */
export interface ExpiredSeries {
  readonly slots: ReadonlySet<number>;
  /** Whether an entry of this kind and `at` means one of them. */
  has(kind: number, at: number): boolean;
}

const ownerName = 'statsd';
/** An owner apart: a set and a gauge of one name would overwrite each other. */
const setOwner = 'statsd/sets';

/** The memory of a set: it counts its members one by one, or in a sketch of 4 KiB. */
const setBytes = 3072;
/** The memory of a window with few observations; `Scratch` bounds the memory of the rest. */
const summaryBytes = 1024;

/** The series that statsd lines made, and the ways to add a value to one. */
export class SeriesAggregate {
  readonly store: MetricStore;
  /** Milliseconds by the steady clock; the caller sets it once for many lines. */
  now = 0;
  readonly shapes = new Shapes();
  /** The number of live series, by type. */
  readonly series = new Map<MetricType, number>();
  expired = 0;
  readonly #targets = new SeriesTargets();
  readonly lifetimes = new SeriesLifetimes((series) => this.#targets.originOf(series));

  constructor(store: MetricStore) {
    this.store = store;
  }

  /**
   * Finds the series of a route and the labels of a line. A missing series is made unless a limit or another family
   * forbids it.
   */
  resolve(request: SeriesRequest): Resolution {
    const { route, suffix } = request;
    const { name, scale } = route;
    const type = suffix.kind === 'observer' ? route.observer.type : suffix.kind;
    const labels = mergeLabels(suffix.labels, route);
    const observer = suffix.kind === 'observer' ? (this.shapes.observer(name, labels) ?? route.observer) : undefined;
    const values = observer === undefined ? {} : valuesOf(observer);
    const owner = suffix.set ? setOwner : ownerName;
    const ownerBytes = suffix.set ? setBytes : type === 'summary' ? summaryBytes : 0;
    const family = this.store.family({ name, type, help: route.help, owner, ownerBytes, ...values });
    if (!family.ok) return unresolved(family, name, undefined, labels, route.labels);
    const series = family.value.series(labels, observer?.type === 'histogram' ? observer : values);
    if (!series.ok) return unresolved(series, name, family.value, labels, route.labels);
    const origin = this.#targets.originOf(series.value) ?? this.#enter(family.value, series.value, request, observer);
    const flags =
      (route.rule === undefined ? 0 : Op.mapped) |
      (suffix.labels.length > 0 ? Op.tagged : 0) |
      (suffix.milliseconds ? Op.milliseconds : 0) |
      (origin.ttl === 0 ? 0 : Op.timed);
    const to = { ok: true, series: series.value, origin } as const;
    if (type === 'summary' || type === 'histogram') {
      const window = () => (observer?.type === 'summary' ? new SummaryWindow(observer.summary, this.now) : undefined);
      return { ...to, op: Op[type] | flags, at: this.#targets.at(series.value, scale, window) };
    }
    if (scale === 1) return { ...to, op: Op[type] | flags, at: series.value.slot };
    const op = type === 'counter' ? Op.scaledCounter : Op.scaledGauge;
    return { ...to, op: op | flags, at: this.#targets.at(series.value, scale, () => undefined) };
  }

  /**
   * Whether `apply` would add all of these values, in any order. A value that is not finite, a negative one of a
   * counter, and a sum of infinity would spoil a series for good.
   */
  takesAll(op: number, at: number, rawValues: readonly number[], factor: number): boolean {
    const kind = op & Op.kind;
    const { values } = this.store;
    const [isCounter, isGauge] = [kind === Op.counter || kind === Op.scaledCounter, isGaugeKind(kind)];
    const series = kind <= Op.gauge ? undefined : this.#targets.series(at);
    const scale = series === undefined ? 1 : (this.#targets.scaledTarget(at)?.scale ?? 1);
    const sumAt = series === undefined ? at : sumSlot(kind, series);
    // A sum of magnitudes, so that no order of signs matters.
    let room = Math.abs(values[sumAt]!);
    for (const value of rawValues) {
      const part = isCounter
        ? (value / factor) * scale
        : isGauge
          ? value * scale
          : ((op & Op.milliseconds) === 0 ? value : value / 1000) * scale * factor;
      if (isCounter && !(part >= 0)) return false;
      room += Math.abs(part);
    }
    return room < Number.POSITIVE_INFINITY;
  }

  /**
   * Adds a value to a counter or gauge with a scale, or an observation of weight `factor` to a summary or histogram.
   *
   * @returns false: nothing changed, since the value would spoil the series, or the series is gone.
   */
  add(op: number, at: number, rawValue: number, factor: number, relative: boolean): boolean {
    const kind = op & Op.kind;
    if (kind >= Op.dropped) return kind === Op.dropped;
    const series = this.#targets.series(at);
    const { slot } = series;
    const target = this.#targets.scaledTarget(at);
    const scale = target === undefined ? 1 : target.scale;
    const { values } = this.store;
    if (kind <= Op.histogram) {
      const value = ((op & Op.milliseconds) === 0 ? rawValue : rawValue / 1000) * scale;
      const part = value * factor;
      const sumAt = sumSlot(kind, series);
      const sum = values[sumAt]! + part;
      if (!Number.isFinite(sum)) return false;
      values[sumAt] = sum;
      if (kind === Op.histogram) {
        const { bounds, native } = series;
        values[slot + bucketOf(bounds, value)]! += factor;
        native?.observe(value, factor);
      } else {
        values[slot]! += factor;
        target!.window!.observe(value, factor, this.now);
      }
    } else if (kind === Op.scaledCounter) {
      const increment = (rawValue / factor) * scale;
      const sum = values[slot]! + increment;
      if (!(increment >= 0 && sum < Number.POSITIVE_INFINITY)) return false;
      values[slot] = sum;
    } else if (relative) {
      if (!isMove(values[slot]!, rawValue * scale, rawValue)) return false;
      values[slot]! += rawValue * scale;
    } else values[slot] = rawValue * scale;
    if ((op & Op.timed) !== 0) this.lifetimes.lastWrite[slot] = this.now;
    return true;
  }

  /**
   * Adds a value to a destination of any kind, for lines that are read in full.
   *
   * @returns false: nothing changed, since finite values would add up to infinity for good.
   */
  apply(op: number, at: number, rawValue: number, factor: number, relative: boolean): boolean {
    const { values } = this.store;
    const kind = op & Op.kind;
    if (kind > Op.gauge) return this.add(op, at, rawValue, factor, relative);
    if (kind === Op.counter) {
      const sum = values[at]! + rawValue / factor;
      if (!(sum < Number.POSITIVE_INFINITY)) return false;
      values[at] = sum;
    } else if (!relative) values[at] = rawValue;
    else if (isMove(values[at]!, rawValue)) values[at]! += rawValue;
    else return false;
    if ((op & Op.timed) !== 0) this.lifetimes.lastWrite[at] = this.now;
    return true;
  }

  /** Brings the quantiles of all summaries up to date. */
  collect(now: number): void {
    this.#targets.collect(this.store.values, now);
  }

  /**
   * Removes the series whose time to live is over.
   *
   * @returns the series, which the line table and the sets must drop before the next line comes; undefined: none
   *   expired.
   */
  expire(now: number): ExpiredSeries | undefined {
    const expired = this.lifetimes.expire(now);
    if (expired.length === 0) return undefined;
    const slots = new Set<number>();
    const targets = new Set<number>();
    for (const series of expired) {
      const { family } = this.#targets.originOf(series)!;
      slots.add(series.slot);
      for (const target of this.#targets.of(series)) targets.add(target);
      this.#targets.release(series);
      this.shapes.leave(family, series);
      this.#count(family, -1);
      family.remove(series);
    }
    this.expired += expired.length;
    return { slots, has: (kind, at) => ((kind & ~Op.noPlainValue) <= Op.gauge ? slots : targets).has(at) };
  }

  /**
   * Applies the times to live of another mapping. The line table must be empty: its destinations are no longer valid.
   */
  remap(ttl: (kind: MetricKind, rawName: string) => number, now: number): void {
    this.lifetimes.retime(ttl, this.store.values.length, now, (series) => this.#targets.reduce(series));
  }

  #enter(
    family: Family,
    series: Series,
    { rawName, suffix, route }: SeriesRequest,
    observer: ObserverOptions | undefined,
  ): Origin {
    const newSeries = { family, series, kind: suffix.kind, rawName };
    this.shapes.enter(family, series, observer);
    this.#count(family, 1);
    return this.lifetimes.add(newSeries, route.ttl, this.store.values.length, this.now);
  }

  #count({ type }: Family, change: 1 | -1): void {
    this.series.set(type, (this.series.get(type) ?? 0) + change);
  }
}

function unresolved(
  { reason, label, lines = 0, labelBytes }: Refused,
  name: string,
  family: Family | undefined,
  labels: Labels,
  ruleLabels: Labels,
): SeriesRefusal {
  const isFirst = family === undefined || family.size === 0;
  const isFull = family === undefined || (!isFirst && labelBytes !== undefined);
  const full = isFull ? { family, hash: labelsHash(labels), bytes: labelBytes ?? 0, ruleLabels } : undefined;
  const pageName = label === undefined ? name : `${name}{${label}}`;
  return { ok: false, reason, name, pageName, lines, isFirst, full };
}

/** The part of the family of these options: bounds or quantiles. */
function valuesOf(observer: ObserverOptions): Pick<FamilySpec, 'bounds' | 'quantiles'> {
  return observer.type === 'histogram' ? { bounds: observer.bounds } : { quantiles: observer.quantiles };
}

function isGaugeKind(kind: number): boolean {
  return kind === Op.gauge || kind === Op.scaledGauge;
}

/** The slot of the number that values are added to. */
function sumSlot(kind: number, { slot, bounds }: Series): number {
  if (kind === Op.histogram) return slot + bounds.length + 1;
  return kind === Op.summary ? slot + 1 : slot;
}
