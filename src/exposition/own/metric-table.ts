import type { MetricType } from '../metric/family.ts';

/** A metric that the program shows of itself. The page, the docs and `metrics-sidecar metrics` are made from it. */
export interface OwnMetric {
  readonly name: string;
  readonly type: MetricType;
  readonly labels: readonly string[];
  readonly help: string;
  /** Histogram: upper bounds without `+Inf`. */
  readonly bounds?: readonly number[];
}

/** The metrics of one runtime, by their names without the prefix that they share. */
export type MetricTable = Readonly<Record<string, OwnMetric>>;

type Row = Omit<OwnMetric, 'name'>;

/** A table of metrics, each row with its whole name: the prefix and the row's key. */
export function metricTable<const Rows extends Readonly<Record<string, Row>>>(
  prefix: string,
  rows: Rows,
): { readonly [Key in keyof Rows]: Rows[Key] & Pick<OwnMetric, 'name'> } {
  const named = Object.entries(rows).map(([key, row]) => [key, { ...row, name: prefix + key }]);
  return Object.fromEntries(named) as ReturnType<typeof metricTable<Rows>>;
}

type LabelValues<Labels extends readonly string[]> = { readonly [I in keyof Labels]: string };

/** A series of a table: the key of its metric and a value for each label. */
export type SeriesOf<Table extends MetricTable> = {
  [Key in keyof Table & string]: readonly [key: Key, ...labels: LabelValues<Table[Key]['labels']>];
}[keyof Table & string];
