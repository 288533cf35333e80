import type { Success } from '../../result/result.ts';

/** The metric types of OpenMetrics 1.0 that a sidecar can hold; text 0.0.4 shows `info` and `stateset` as gauges. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown' | 'info' | 'stateset';

/** Name and value pairs in any order; the kernel sorts by name. An empty value means the label is absent. */
export type Labels = readonly (readonly [name: string, value: string])[];

/** Labels by their names and as many values. */
export function labelled(names: readonly string[], values: readonly string[]): Labels {
  return names.map((name, i) => [name, values[i]!]);
}

/** A family as its owner declares it. `name` is the name that its series have in every format. */
export interface FamilySpec {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  /** Base unit (`seconds`, `bytes`); shown in OpenMetrics where the name ends in it. */
  readonly unit?: string;
  /**
   * The part of the program that writes it: `statsd`, `ingest`, or `statsd/own` for a runtime's own metrics, which
   * pages may leave out. Two owners never share a family.
   */
  readonly owner: string;
  /**
   * No limit refuses the series of the family, and they count towards none: their owner bounds their number. This holds
   * for the own metrics of a runtime (`isOwn`) in any case, since a full page has to show that it is full.
   */
  readonly unlimited?: boolean;
  /** Bytes, about, that its owner stores with each series: they count towards the limit of bytes. */
  readonly ownerBytes?: number;
  /** Histogram: upper bounds, strictly increasing, without `+Inf`; the default of its series. */
  readonly bounds?: readonly number[];
  /** Summary: quantiles in 0..1, strictly increasing; the default of its series. */
  readonly quantiles?: readonly number[];
}

/** Whether a family is one of a runtime's own metrics. */
export function isOwn({ owner }: Pick<FamilySpec, 'owner'>): boolean {
  return owner.endsWith('/own');
}

/** Whether no limit of the page applies to this family. */
export function isUnlimited(spec: Pick<FamilySpec, 'owner' | 'unlimited'>): boolean {
  return spec.unlimited === true || isOwn(spec);
}

/** The reasons to refuse a family or a series. */
export type Refusal =
  | 'bad_name'
  | 'reserved_name'
  | 'bad_label_name'
  | 'reserved_label'
  | 'duplicate_label'
  | 'type_conflict'
  | 'suffix_conflict'
  | 'owner_conflict'
  | 'bad_bounds'
  | 'bad_quantiles'
  | 'family_limit'
  | 'series_limit'
  | 'bytes_limit'
  | 'series_per_family_limit'
  | 'label_limit'
  | 'label_value_limit'
  | 'label_values_limit';

/** A refusal as a value: `detail` is a sentence for the log or the sender. */
export interface Refused {
  readonly ok: false;
  readonly reason: Refusal;
  readonly detail: string;
  /** The label with too many values. */
  readonly label?: string;
  /** Time series that there was no room for. */
  readonly lines?: number;
  /** The bytes of its labels. */
  readonly labelBytes?: number;
}

export type Outcome<T> = Success<T> | Refused;

/** The two formats of lines: Prometheus text 0.0.4 and OpenMetrics 1.0. */
export type Format = 'text' | 'openmetrics';

/** Every format a page is written in: `protobuf` is delimited messages of io.prometheus.client.MetricFamily. */
export type PageFormat = Format | 'protobuf';

/** Makes the refusal of `reason`. */
export function refuse(reason: Refusal, detail: string): Refused {
  return { ok: false, reason, detail };
}
