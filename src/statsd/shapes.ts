import type { MetricType } from '../exposition/family.ts';
import type { Family, Series } from '../exposition/metric-store.ts';

/** Shapes without a series that are remembered. */
const MOST_GONE = 10_000;

/**
 * Counts metrics as statsd_exporter counts them: distinct metric names with their label names, by type, that there ever were. One whose
 * series are all gone is remembered, so that it is not counted again; of very many, the ones that have been gone longest are not.
 */
export class Shapes {
  /** By type. */
  readonly counts = new Map<MetricType, number>();
  readonly #live = new Map<string, number>();
  readonly #gone = new Set<string>();

  /** A series came. */
  enter({ name, type }: Family, { labelNames }: Series): void {
    const key = keyOf(name, labelNames);
    const known = this.#live.get(key);
    this.#live.set(key, (known ?? 0) + 1);
    if (known === undefined && !this.#gone.delete(`${type} ${key}`)) {
      this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
    }
  }

  /** A series went. */
  leave({ name, type }: Family, { labelNames }: Series): void {
    const key = keyOf(name, labelNames);
    const left = (this.#live.get(key) ?? 0) - 1;
    if (left > 0) {
      this.#live.set(key, left);
      return;
    }
    this.#live.delete(key);
    this.#gone.add(`${type} ${key}`);
    if (this.#gone.size <= MOST_GONE) return;
    const [oldest = ''] = this.#gone;
    this.#gone.delete(oldest);
  }
}

function keyOf(name: string, labelNames: string): string {
  return labelNames === '' ? name : `${name} ${labelNames}`;
}
