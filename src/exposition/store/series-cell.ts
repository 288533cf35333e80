import { bucketOf } from '../metric/bucket.ts';
import { keyNames, type LabelKey } from '../metric/labels.ts';
import type { LineSet } from '../metric/line-set.ts';
import type { Family, Series } from '../metric/metric-store.ts';
import { NativeBuckets, type NativeOptions } from '../metric/native-buckets.ts';
import type { Slots } from './slots.ts';

/** A family, and the slots that hold the numbers of its series. */
interface SlottedFamily extends Family {
  readonly slots: Slots;
}

/**
 * The slot after the numbers of a series holds its time of creation. As a field of the series it would take three times
 * the memory, and a page that shows it would read every series.
 */
export const createdWidth = 1;

/** See `SeriesCell.at`. */
export const removed = -2;

/** A series in the store. There may be a hundred thousand: every field costs memory. */
export class SeriesCell implements Series {
  readonly record: SlottedFamily;
  readonly key: LabelKey;
  readonly slot: number;
  readonly lineSet: LineSet;
  /** The index in the family's arena; -1 until the next page is rendered, -2 for ever once it was removed. */
  at = -1;
  memo: unknown;
  readonly native: NativeBuckets | undefined;
  constructor(
    record: SlottedFamily,
    key: LabelKey,
    lineSet: LineSet,
    created: number,
    native: NativeOptions | undefined,
  ) {
    this.record = record;
    this.key = key;
    this.lineSet = lineSet;
    this.native = native && record.type === 'histogram' ? new NativeBuckets(native) : undefined;
    const { slots } = record;
    this.slot = slots.take(lineSet.width + createdWidth);
    slots.values[this.slot + lineSet.width] = created;
    if (record.type === 'info') slots.values[this.slot] = 1;
    if (record.type === 'summary') slots.values.fill(Number.NaN, this.slot + 2, this.slot + lineSet.width);
  }

  get alive(): boolean {
    return this.at !== removed;
  }

  get created(): number {
    return this.alive ? this.record.slots.values[this.slot + this.lineSet.width]! : Number.NaN;
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
      this.record.slots.values[this.slot]! += n;
    }
  }

  set(v: number): boolean {
    if (!this.alive) return false;
    const { values } = this.record.slots;
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
    const { values } = this.record.slots;
    if (this.record.type === 'histogram') {
      const { bounds } = this.lineSet;
      values[this.slot + bucketOf(bounds, v)]! += weight;
      values[this.slot + bounds.length + 1]! += v * weight;
      this.native?.observe(v, weight);
    } else if (this.record.type === 'summary') {
      values[this.slot]! += weight;
      values[this.slot + 1]! += v * weight;
    }
  }

  setBuckets(counts: readonly number[], sum: number): boolean {
    const { bounds } = this.lineSet;
    if (!this.alive || this.record.type !== 'histogram' || counts.length !== bounds.length + 1) return false;
    if (this.native !== undefined) return false;
    const { values } = this.record.slots;
    values.set(counts, this.slot);
    values[this.slot + bounds.length + 1] = sum;
    return true;
  }

  setQuantile(index: number, v: number): void {
    if (!this.alive || this.record.type !== 'summary' || this.lineSet.quantiles[index] === undefined) return;
    this.record.slots.values[this.slot + 2 + index] = v;
  }

  setCountAndSum(count: number, sum: number): void {
    if (!this.alive || this.record.type !== 'summary') return;
    this.record.slots.values[this.slot] = count;
    this.record.slots.values[this.slot + 1] = sum;
  }

  read(): readonly number[] {
    return this.alive ? Array.from(this.record.slots.values.subarray(this.slot, this.slot + this.lineSet.width)) : [];
  }
}
