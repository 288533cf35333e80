import type { FamilySpec, Labels, MetricType, Outcome, Refused } from '../metric/family.ts';
import { isUnlimited, refuse } from '../metric/family.ts';
import { labelsHash } from '../metric/label-hash.ts';
import { LabelValues } from '../metric/label-values.ts';
import type { LabelKey } from '../metric/labels.ts';
import { keyHasLabel, keyLabels, labelKey, unlimitedLabels } from '../metric/labels.ts';
import type { LineSet } from '../metric/line-set.ts';
import { ownLabel } from '../metric/metric-names.ts';
import type { Family, Series, SeriesOptions, StoreLimits } from '../metric/metric-store.ts';
import type { Arena } from './arena.ts';
import { emptyArena, rebuildArena } from './arena.ts';
import { createdWidth, removed, SeriesCell } from './series-cell.ts';
import { bytesLimit, noCost, type SeriesCost, seriesCost } from './series-cost.ts';
import type { Slots } from './slots.ts';

/** The store of a family, as the family needs it. */
export interface FamilyRegistry {
  readonly limits: StoreLimits;
  readonly slots: Slots;
  readonly now: () => number;
  readonly seriesCount: number;
  /** Puts the family into the store; gives the other one where the same family is there already. */
  attach(record: FamilyRecord): Outcome<FamilyRecord>;
  detach(record: FamilyRecord): void;
  /** Counts a refusal and returns it. */
  refused(name: string, refusal: Refused): Refused;
  /** Counts time series that were added (positive) or removed; 0 for those that count towards no limit. */
  changed(lines: number, cost: SeriesCost): void;
  /** Whether so many more bytes are over the limit. */
  isOver(bytes: number): boolean;
  lineSet(type: MetricType, bounds: readonly number[], quantiles: readonly number[]): Outcome<LineSet>;
}

/** The state of the store around the moment when a family was attached, to tell whether its detaching undoes that. */
export interface Attachment {
  readonly namesBefore: number;
  readonly namesAfter: number;
  /** Refusals until then. */
  readonly refused: number;
}

/** A family in the store. */
export class FamilyRecord implements Family {
  readonly spec: FamilySpec;
  readonly name: string;
  readonly type: MetricType;
  readonly cells = new Map<LabelKey, SeriesCell>();
  /** Whether no limit of the page applies to it. */
  readonly unlimited: boolean;
  attached = false;
  /** Set while the family is attached. */
  attachment: Attachment | undefined;
  readonly #registry: FamilyRegistry;
  readonly #reserved: string | undefined;
  readonly #labelValues: LabelValues | undefined;
  #lines = 0;
  #arena: Arena = emptyArena;
  #pending: SeriesCell[] = [];
  /** How many of the pending cells were removed before a page had them. */
  #removedPending = 0;
  #stale = false;
  /** The hashes of the label sets of all series, perhaps of some that were removed. */
  #hashes: Set<number> | undefined;

  constructor(spec: FamilySpec, registry: FamilyRegistry) {
    this.spec = spec;
    this.name = spec.name;
    this.type = spec.type;
    this.#registry = registry;
    this.#reserved = ownLabel(spec.type);
    this.unlimited = isUnlimited(spec);
    const { valuesPerLabel = 0 } = registry.limits;
    if (valuesPerLabel > 0 && !this.unlimited) this.#labelValues = new LabelValues(valuesPerLabel);
  }

  get slots(): Slots {
    return this.#registry.slots;
  }

  get size(): number {
    return this.cells.size;
  }

  all(): Iterable<Series> {
    return this.cells.values();
  }

  /** The rendered blocks of its series, up to date. */
  arena(): Arena {
    if (this.#stale) {
      const oneLine = this.type !== 'histogram' && this.type !== 'summary';
      this.#arena = rebuildArena(this.#arena, this.#pending, oneLine ? this.name : undefined);
      this.#pending = [];
      this.#removedPending = 0;
      this.#stale = false;
    }
    return this.#arena;
  }

  series(labels: Labels, options?: SeriesOptions): Outcome<Series> {
    if (!this.attached) {
      const attached = this.#registry.attach(this);
      if (!attached.ok) return attached;
      if (attached.value !== this) return attached.value.series(labels, options);
    }
    const series = this.#seriesOf(labels, options);
    if (series.ok) return series;
    // A family whose first series is refused must not occupy its name, nor count towards the limit of families.
    if (this.size === 0) this.#registry.detach(this);
    return this.#registry.refused(series.label === undefined ? this.name : `${this.name}{${series.label}}`, series);
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
    const isPending = series.at < 0;
    series.at = removed;
    if (isPending) this.#compactPending();
    this.#registry.slots.release(series.slot, series.lineSet.width + createdWidth);
    const { bytes, labels } = this.#cost(series.key, series.lineSet, series.native);
    this.#changed(-series.lineSet.lines, { bytes: -bytes, labels: -labels });
    if (this.size === 0) this.#registry.detach(this);
  }

  mayHave(hash: number): boolean {
    // The hashes of removed series stay until there are many: a yes too much does no harm.
    if (this.#hashes === undefined || this.#hashes.size > 2 * this.cells.size + 64) {
      this.#hashes = new Set();
      for (const key of this.cells.keys()) this.#hashes.add(labelsHash(keyLabels(key)));
    }
    return this.#hashes.has(hash);
  }

  /** Removes dead cells: series that come and go between two pages, or without any page, must not pile up. */
  #compactPending(): void {
    this.#removedPending++;
    if (this.#removedPending * 2 <= this.#pending.length) return;
    this.#pending = this.#pending.filter(({ alive }) => alive);
    this.#removedPending = 0;
  }

  #changed(lines: number, cost: SeriesCost): void {
    this.#lines += lines;
    this.#stale = true;
    this.#registry.changed(this.unlimited ? 0 : lines, cost);
  }

  #seriesOf(labels: Labels, options: SeriesOptions | undefined): Outcome<SeriesCell> {
    const key = labelKey(labels, this.unlimited ? unlimitedLabels : this.#registry.limits, this.#reserved);
    if (!key.ok) return key;
    const existing = this.cells.get(key.value);
    if (existing !== undefined) return { ok: true, value: existing };
    if (this.type === 'stateset' && !keyHasLabel(key.value, this.name)) {
      return refuse('bad_label_name', `a series of a stateset needs a label named ${this.name}`);
    }
    const lineSet = this.#registry.lineSet(
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
      const detail = `limit of ${this.#registry.limits.valuesPerLabel} values of label ${label} reached`;
      return { ...refuse('label_values_limit', detail), label };
    }
    const created = options?.created ?? this.#registry.now();
    const cell = new SeriesCell(this, key.value, lineSet.value, created, options?.native);
    this.cells.set(cell.key, cell);
    this.#hashes?.add(labelsHash(keyLabels(cell.key)));
    this.#pending.push(cell);
    this.#changed(lineSet.value.lines, cost);
    return { ok: true, value: cell };
  }

  #cost(key: LabelKey, lines: LineSet, native: object | undefined): SeriesCost {
    return this.unlimited ? noCost : seriesCost(this.spec, key, lines, native !== undefined);
  }

  #overLimit(lines: number, { bytes, labels: labelBytes }: SeriesCost): Refused | undefined {
    const { limits, seriesCount } = this.#registry;
    if (seriesCount + lines > limits.series) {
      return { ...refuse('series_limit', `limit of ${limits.series} series reached`), lines, labelBytes };
    }
    if (this.#registry.isOver(bytes)) return { ...bytesLimit(limits), lines, labelBytes };
    if (this.#lines + lines > limits.seriesPerFamily) {
      const detail = `limit of ${limits.seriesPerFamily} series per family reached`;
      return { ...refuse('series_per_family_limit', detail), lines, labelBytes };
    }
    return undefined;
  }
}
