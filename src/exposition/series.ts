import { bucketOf } from './bucket.ts';
import { keyNames, type LabelKey } from './labels.ts';
import type { LineSet } from './lines.ts';
import type { Family, Series } from './metric-store.ts';
import type { Slots } from './slots.ts';

/** A series as the store keeps it. */
export class SeriesCell implements Series {
  readonly record: Family;
  readonly key: LabelKey;
  readonly slot: number;
  readonly created: number;
  readonly lineSet: LineSet;
  /** Place in the family's arena; -1 until the next page is rendered. */
  at = -1;
  alive = true;
  memo: unknown;
  readonly #slots: Slots;

  constructor(record: Family, key: LabelKey, lineSet: LineSet, slots: Slots, created: number) {
    this.record = record;
    this.key = key;
    this.lineSet = lineSet;
    this.created = created;
    this.#slots = slots;
    this.slot = slots.take(lineSet.width);
    if (record.type === 'info') slots.values[this.slot] = 1;
    if (record.type === 'summary') slots.values.fill(Number.NaN, this.slot + 2, this.slot + lineSet.width);
  }

  get bounds(): readonly number[] {
    return this.lineSet.bounds;
  }

  get quantiles(): readonly number[] {
    return this.lineSet.quantiles;
  }

  get labelNames(): string {
    return keyNames(this.key);
  }

  add(n: number): void {
    if (!this.alive) return;
    const { type } = this.record;
    if (type === 'counter' ? n >= 0 && n !== Infinity : (type === 'gauge' || type === 'unknown') && !Number.isNaN(n)) {
      this.#slots.values[this.slot]! += n;
    }
  }

  set(v: number): boolean {
    if (!this.alive) return false;
    const { values } = this.#slots;
    switch (this.record.type) {
      case 'gauge':
      case 'unknown':
        values[this.slot] = v;
        return true;
      case 'counter':
        if (!(v >= values[this.slot]!)) return false;
        values[this.slot] = v;
        return true;
      case 'stateset':
        values[this.slot] = v > 0 ? 1 : 0;
        return true;
      default:
        return false;
    }
  }

  observe(v: number, weight: number): void {
    if (!this.alive || !(weight >= 0)) return;
    const { values } = this.#slots;
    if (this.record.type === 'histogram') {
      const { bounds } = this.lineSet;
      values[this.slot + bucketOf(bounds, v)]! += weight;
      values[this.slot + bounds.length + 1]! += v * weight;
    } else if (this.record.type === 'summary') {
      values[this.slot]! += weight;
      values[this.slot + 1]! += v * weight;
    }
  }

  setBuckets(counts: readonly number[], sum: number): boolean {
    const { bounds } = this.lineSet;
    if (!this.alive || this.record.type !== 'histogram' || counts.length !== bounds.length + 1) return false;
    const { values } = this.#slots;
    values.set(counts, this.slot);
    values[this.slot + bounds.length + 1] = sum;
    return true;
  }

  setQuantile(index: number, v: number): void {
    if (!this.alive || this.record.type !== 'summary' || this.lineSet.quantiles[index] === undefined) return;
    this.#slots.values[this.slot + 2 + index] = v;
  }

  setCountAndSum(count: number, sum: number): void {
    if (!this.alive || this.record.type !== 'summary') return;
    this.#slots.values[this.slot] = count;
    this.#slots.values[this.slot + 1] = sum;
  }

  read(): readonly number[] {
    return this.alive ? Array.from(this.#slots.values.subarray(this.slot, this.slot + this.lineSet.width)) : [];
  }
}
