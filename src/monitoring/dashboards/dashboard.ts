/** The content of a dashboard; `grafana.ts` writes it as Grafana's JSON. */
export interface Dashboard {
  /** The uid in Grafana's address and the name of the file. It never changes, since people link to it. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The metric from whose series Grafana takes the namespaces and pods to choose from. */
  readonly podMetric: string;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Units by Grafana's ids (@grafana/data, valueFormats). */
export type Unit =
  | 'short'
  | 'ops'
  | 'reqps'
  | 's'
  | 'd'
  | 'bytes'
  | 'percentunit'
  | 'bool_yes_no'
  | 'dateTimeFromNow'
  | 'none';

export interface Panel {
  /**
   * `number` shows the current value, `graph` its course, `table` the current values of many series: a line for
   * each set of labels, a column for each query.
   */
  readonly kind: 'graph' | 'number' | 'table';
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** In columns; a row has 24. */
  readonly width: number;
  readonly stacked: boolean;
  /** Each colour with the value from which it applies; the first also applies to all lower values. */
  readonly thresholds: readonly Threshold[];
  readonly max?: number;
}

export interface Query {
  /** PromQL with the variables `$cluster`, `$namespace`, `$pod`, `$__rate_interval` and `$__range`. */
  readonly expression: string;
  readonly legend: string;
  /** The unit of a column of a table; that of the panel where it is absent. */
  readonly unit?: Unit;
}

export type Colour = 'green' | 'orange' | 'red';
export type Threshold = readonly [colour: Colour, from: number];

type Shape = Partial<Pick<Panel, 'width' | 'stacked' | 'thresholds' | 'max'>>;
type Queries = readonly (readonly [legend: string, expression: string])[];

/** A graph over time; eight columns wide unless the shape says otherwise. */
export function graph(title: string, description: string, unit: Unit, queries: Queries, shape: Shape = {}): Panel {
  return panel('graph', title, description, unit, queries, { width: 8, ...shape });
}

/** The current value, coloured by its thresholds; four columns wide unless the shape says otherwise. */
export function number(title: string, description: string, unit: Unit, expression: string, shape: Shape = {}): Panel {
  return panel('number', title, description, unit, [['', expression]], { width: 4, ...shape });
}

/** The current values by labels; as wide as the row. */
export function table(title: string, description: string, unit: Unit, queries: readonly Query[]): Panel {
  return { kind: 'table', title, description, unit, queries, width: 24, stacked: false, thresholds: [] };
}

function panel(
  kind: Panel['kind'],
  title: string,
  description: string,
  unit: Unit,
  queries: Queries,
  shape: Shape & { width: number },
): Panel {
  const named = queries.map(([legend, expression]) => ({ legend, expression }));
  return { kind, title, description, unit, queries: named, stacked: false, thresholds: [], ...shape };
}

/** Orange from 1. */
export const noneIsGood: readonly Threshold[] = [
  ['green', 0],
  ['orange', 1],
];
/** Red from 1. */
export const someIsBad: readonly Threshold[] = [
  ['green', 0],
  ['red', 1],
];
/** Green from 1. */
export const oneIsGood: readonly Threshold[] = [
  ['red', 0],
  ['green', 1],
];

/** The series of a metric in the chosen pods. */
export function chosen(metric: string, matchers = ''): string {
  return `${metric}{cluster=~"$cluster", namespace=~"$namespace", pod=~"$pod"${matchers === '' ? '' : `, ${matchers}`}}`;
}

/** The rate per second of a counter of the chosen pods. */
export function rate(metric: string, matchers = ''): string {
  return `rate(${chosen(metric, matchers)}[$__rate_interval])`;
}

/** A quantile of a histogram over all chosen pods; one for each value of the labels `by`. */
export function quantile(q: number, histogram: string, by = ''): string {
  const labels = by === '' ? 'le' : `${by}, le`;
  return `histogram_quantile(${q}, sum by (${labels}) (${rate(`${histogram}_bucket`)}))`;
}
