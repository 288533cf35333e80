import type { Labels, MetricType } from '../../exposition/metric/family.ts';
import type { Family, Series } from '../../exposition/metric/metric-store.ts';
import type { ObserverOptions } from './observer.ts';

/** Shapes without a series that are remembered. */
const MOST_GONE = 10_000;

/** The series of one name with the same label names. */
interface Shape {
  series: number;
  /** What its first series was made from. */
  readonly observer: ObserverOptions | undefined;
}

/**
 * The distinct metric names with their label names. They are counted as statsd_exporter counts them: by type, all that there ever were. One
 * whose series are all gone is remembered, so that it is not counted again; of very many, the ones that have been gone longest are not.
 */
export class Shapes {
  /** By type. */
  readonly counts = new Map<MetricType, number>();
  readonly #live = new Map<string, Shape>();
  readonly #gone = new Set<string>();

  /** A series came. */
  enter({ name, type }: Family, { labelNames }: Series, observer?: ObserverOptions): void {
    const key = keyOf(name, labelNames);
    const known = this.#live.get(key);
    if (known !== undefined) {
      known.series++;
      return;
    }
    this.#live.set(key, { series: 1, observer });
    if (!this.#gone.delete(`${type} ${key}`)) this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
  }

  /** A series went. */
  leave({ name, type }: Family, { labelNames }: Series): void {
    const key = keyOf(name, labelNames);
    const known = this.#live.get(key);
    if (known !== undefined && --known.series > 0) return;
    this.#live.delete(key);
    this.#gone.add(`${type} ${key}`);
    if (this.#gone.size <= MOST_GONE) return;
    const [oldest = ''] = this.#gone;
    this.#gone.delete(oldest);
  }

  /**
   * What the observers that live under this name with the same label names were made from. As in statsd_exporter, all of them have the
   * buckets or quantiles of the first: those of another rule, or of a mapping that is loaded later, are for other label names.
   */
  observer(name: string, labels: Labels): ObserverOptions | undefined {
    return this.#live.get(keyOf(name, namesOf(labels)))?.observer;
  }
}

function keyOf(name: string, labelNames: string): string {
  return labelNames === '' ? name : `${name} ${labelNames}`;
}

/** As `Series.labelNames` has them. */
function namesOf(labels: Labels): string {
  if (labels.length === 0) return '';
  const names = labels.filter(([, value]) => value !== '').map(([name]) => name);
  return names.sort().join();
}
