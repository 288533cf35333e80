import type { Labels, MetricType } from '../../exposition/metric/family.ts';
import type { Family, Series } from '../../exposition/metric/metric-store.ts';
import type { ObserverOptions } from './observer.ts';

/** The most shapes without a series that are remembered. */
const mostWithoutSeries = 10_000;

/** The series of one name with the same label names. */
interface Shape {
  series: number;
  /** The options of its first series. */
  readonly observer: ObserverOptions | undefined;
}

/**
 * The distinct metric names with their label names, counted as in statsd_exporter: by type, since the start. A shape
 * without a live series is remembered, so that it does not count twice; beyond a limit the oldest of these is dropped.
 */
export class Shapes {
  /** By type. */
  readonly counts = new Map<MetricType, number>();
  readonly #live = new Map<string, Shape>();
  readonly #withoutSeries = new Set<string>();

  /** Adds a series. */
  enter({ name, type }: Family, { labelNames }: Series, observer?: ObserverOptions): void {
    const key = keyOf(name, labelNames);
    const shape = this.#live.get(key);
    if (shape !== undefined) {
      shape.series++;
      return;
    }
    this.#live.set(key, { series: 1, observer });
    if (!this.#withoutSeries.delete(`${type} ${key}`)) this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
  }

  /** Removes a series. */
  leave({ name, type }: Family, { labelNames }: Series): void {
    const key = keyOf(name, labelNames);
    const shape = this.#live.get(key);
    if (shape !== undefined && --shape.series > 0) return;
    this.#live.delete(key);
    this.#withoutSeries.add(`${type} ${key}`);
    if (this.#withoutSeries.size <= mostWithoutSeries) return;
    const [oldest = ''] = this.#withoutSeries;
    this.#withoutSeries.delete(oldest);
  }

  /**
   * The options of the live observers of this name and these label names. As in statsd_exporter, all of them have the
   * buckets or quantiles of the first one: the options of another rule, or of a later mapping, apply to other label
   * names.
   */
  observer(name: string, labels: Labels): ObserverOptions | undefined {
    return this.#live.get(keyOf(name, namesOf(labels)))?.observer;
  }
}

function keyOf(name: string, labelNames: string): string {
  return labelNames === '' ? name : `${name} ${labelNames}`;
}

/** In the form of `Series.labelNames`. */
function namesOf(labels: Labels): string {
  if (labels.length === 0) return '';
  const names = labels.filter(([, value]) => value !== '').map(([name]) => name);
  return names.sort().join();
}
