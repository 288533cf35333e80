import type { FamilySpec, Labels, MetricType, Outcome, Refused } from '../metric/family.ts';
import { isUnlimited, refuse } from '../metric/family.ts';
import { labelsHash } from '../metric/label-hash.ts';
import { LabelValues } from '../metric/label-values.ts';
import type { LabelKey } from '../metric/labels.ts';
import { keyHasLabel, keyLabels, labelKey, UNLIMITED_LABELS } from '../metric/labels.ts';
import type { LineSet } from '../metric/line-set.ts';
import { ownLabel } from '../metric/metric-names.ts';
import type { Family, Series, SeriesOptions, StoreLimits } from '../metric/metric-store.ts';
import type { Arena } from './arena.ts';
import { EMPTY_ARENA, rebuildArena } from './arena.ts';
import { CREATED_WIDTH, REMOVED, SeriesCell } from './series-cell.ts';
import { bytesLimit, NO_COST, type SeriesCost, seriesCost } from './series-cost.ts';
import type { Slots } from './slots.ts';

/** What a family needs of the store that holds it. */
export interface Holder {
  readonly limits: StoreLimits;
  readonly slots: Slots;
  readonly now: () => number;
  readonly seriesCount: number;
  /** The family in the store that this spec means, put there if it may be: another one where it was declared again. */
  attach(record: FamilyRecord): Outcome<FamilyRecord>;
  detach(record: FamilyRecord): void;
  /** Counts a refusal and gives it back. */
  refused(name: string, refusal: Refused): Refused;
  /** Counts time series that came (positive) or went; 0: of those that count towards no limit. */
  changed(lines: number, cost: SeriesCost): void;
  /** Whether so many bytes more are too many. */
  isOver(bytes: number): boolean;
  lineSet(type: MetricType, bounds: readonly number[], quantiles: readonly number[]): Outcome<LineSet>;
}

/** The state before a family or series was added, by which the addition is undone. */
export interface Arrival {
  readonly namesBefore: number;
  readonly namesAfter: number;
  /** Refusals so far. */
  readonly refused: number;
}

/** A family as the store keeps it. */
export class FamilyRecord implements Family {
  readonly spec: FamilySpec;
  readonly name: string;
  readonly type: MetricType;
  readonly cells = new Map<LabelKey, SeriesCell>();
  /** The limits of the page are not for it. */
  readonly unlimited: boolean;
  attached = false;
  /** How the holder was before the family was attached, and after. */
  arrival: Arrival | undefined;
  readonly #holder: Holder;
  readonly #reserved: string | undefined;
  readonly #labelValues: LabelValues | undefined;
  #lines = 0;
  #arena: Arena = EMPTY_ARENA;
  #fresh: SeriesCell[] = [];
  /** How many of the fresh ones are gone already. */
  #stillborn = 0;
  #stale = false;
  /** Of the label sets of all series, perhaps of some that are gone. */
  #hashes: Set<number> | undefined;

  constructor(spec: FamilySpec, holder: Holder) {
    this.spec = spec;
    this.name = spec.name;
    this.type = spec.type;
    this.#holder = holder;
    this.#reserved = ownLabel(spec.type);
    this.unlimited = isUnlimited(spec);
    const { valuesPerLabel = 0 } = holder.limits;
    if (valuesPerLabel > 0 && !this.unlimited) this.#labelValues = new LabelValues(valuesPerLabel);
  }

  get slots(): Slots {
    return this.#holder.slots;
  }

  get size(): number {
    return this.cells.size;
  }

  all(): Iterable<Series> {
    return this.cells.values();
  }

  /** The rendered blocks of its series, brought up to date. */
  arena(): Arena {
    if (this.#stale) {
      const oneLine = this.type !== 'histogram' && this.type !== 'summary';
      this.#arena = rebuildArena(this.#arena, this.#fresh, oneLine ? this.name : undefined);
      this.#fresh = [];
      this.#stillborn = 0;
      this.#stale = false;
    }
    return this.#arena;
  }

  series(labels: Labels, options?: SeriesOptions): Outcome<Series> {
    if (!this.attached) {
      const attached = this.#holder.attach(this);
      if (!attached.ok) return attached;
      if (attached.value !== this) return attached.value.series(labels, options);
    }
    const made = this.#seriesOf(labels, options);
    if (made.ok) return made;
    // A family whose first series is refused must not hold its name and its place under the limit of families.
    if (this.size === 0) this.#holder.detach(this);
    return this.#holder.refused(made.label === undefined ? this.name : `${this.name}{${made.label}}`, made);
  }

  remove(series: Series): void {
    if (!(series instanceof SeriesCell)) return;
    if (series.record !== this) {
      series.record.remove(series);
      return;
    }
    if (!series.alive) return;
    this.cells.delete(series.key);
    this.#labelValues?.leave(series.key);
    const isFresh = series.at < 0;
    series.at = REMOVED;
    if (isFresh) this.#bury();
    this.#holder.slots.release(series.slot, series.lineSet.width + CREATED_WIDTH);
    const { bytes, labels } = this.#cost(series.key, series.lineSet, series.native);
    this.#changed(-series.lineSet.lines, { bytes: -bytes, labels: -labels });
    if (this.size === 0) this.#holder.detach(this);
  }

  mayHave(hash: number): boolean {
    // Those that went stay until they are many: to say yes is never wrong.
    if (this.#hashes === undefined || this.#hashes.size > 2 * this.cells.size + 64) {
      this.#hashes = new Set();
      for (const key of this.cells.keys()) this.#hashes.add(labelsHash(keyLabels(key)));
    }
    return this.#hashes.has(hash);
  }

  /** Series that come and go between two pages, or where nobody asks for one, must not pile up. */
  #bury(): void {
    this.#stillborn++;
    if (this.#stillborn * 2 <= this.#fresh.length) return;
    this.#fresh = this.#fresh.filter(({ alive }) => alive);
    this.#stillborn = 0;
  }

  #changed(lines: number, cost: SeriesCost): void {
    this.#lines += lines;
    this.#stale = true;
    this.#holder.changed(this.unlimited ? 0 : lines, cost);
  }

  #seriesOf(labels: Labels, options: SeriesOptions | undefined): Outcome<SeriesCell> {
    const key = labelKey(labels, this.unlimited ? UNLIMITED_LABELS : this.#holder.limits, this.#reserved);
    if (!key.ok) return key;
    const known = this.cells.get(key.value);
    if (known !== undefined) return { ok: true, value: known };
    if (this.type === 'stateset' && !keyHasLabel(key.value, this.name)) {
      return refuse('bad_label_name', `a series of a stateset needs a label named ${this.name}`);
    }
    const lineSet = this.#holder.lineSet(
      this.type,
      options?.bounds ?? this.spec.bounds ?? [],
      options?.quantiles ?? this.spec.quantiles ?? [],
    );
    if (!lineSet.ok) return lineSet;
    const cost = this.#cost(key.value, lineSet.value, options?.native);
    const overLimit = this.unlimited ? undefined : this.#overLimit(lineSet.value.lines, cost);
    if (overLimit !== undefined) return overLimit;
    const label = this.#labelValues?.enter(key.value);
    if (label !== undefined) {
      const detail = `limit of ${this.#holder.limits.valuesPerLabel} values of label ${label} reached`;
      return { ...refuse('label_values_limit', detail), label };
    }
    const created = options?.created ?? this.#holder.now();
    const cell = new SeriesCell(this, key.value, lineSet.value, created, options?.native);
    this.cells.set(cell.key, cell);
    this.#hashes?.add(labelsHash(keyLabels(cell.key)));
    this.#fresh.push(cell);
    this.#changed(lineSet.value.lines, cost);
    return { ok: true, value: cell };
  }

  #cost(key: LabelKey, lines: LineSet, native: object | undefined): SeriesCost {
    return this.unlimited ? NO_COST : seriesCost(this.spec, key, lines, native !== undefined);
  }

  #overLimit(lines: number, { bytes, labels: labelBytes }: SeriesCost): Refused | undefined {
    const { limits, seriesCount } = this.#holder;
    if (seriesCount + lines > limits.series) {
      return { ...refuse('series_limit', `limit of ${limits.series} series reached`), lines, labelBytes };
    }
    if (this.#holder.isOver(bytes)) return { ...bytesLimit(limits), lines, labelBytes };
    if (this.#lines + lines > limits.seriesPerFamily) {
      const detail = `limit of ${limits.seriesPerFamily} series per family reached`;
      return { ...refuse('series_per_family_limit', detail), lines, labelBytes };
    }
    return undefined;
  }
}
