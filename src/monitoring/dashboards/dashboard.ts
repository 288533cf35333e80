/** What a dashboard shows, apart from how Grafana writes it down. */
export interface Dashboard {
  /** In its address, in Grafana and as the name of its file; never changed, since people link to it. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The metric whose namespaces and pods there are to choose from. */
  readonly of: string;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Units by Grafana's ids (@grafana/data, valueFormats). */
export type Unit = 'short' | 'ops' | 'reqps' | 's' | 'd' | 'bytes' | 'percentunit' | 'bool_yes_no' | 'none';

export interface Panel {
  /** `number` is the value of now, `graph` its way there. */
  readonly kind: 'graph' | 'number';
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Of 24 columns. */
  readonly width: number;
  readonly stacked: boolean;
  /** From which value on it is which colour; the first holds below all others. */
  readonly thresholds: readonly Threshold[];
  readonly max?: number;
}

export interface Query {
  /** PromQL with the variables `$namespace`, `$pod`, `$__rate_interval` and `$__range`. */
  readonly expression: string;
  readonly legend: string;
}

export type Colour = 'green' | 'orange' | 'red';
export type Threshold = readonly [colour: Colour, from: number];

type Shape = Partial<Pick<Panel, 'width' | 'stacked' | 'thresholds' | 'max'>>;
type Queries = readonly (readonly [legend: string, expression: string])[];

/** A graph over time; eight columns wide unless the shape says otherwise. */
export function graph(title: string, description: string, unit: Unit, queries: Queries, shape: Shape = {}): Panel {
  return panel('graph', title, description, unit, queries, { width: 8, ...shape });
}

/** One number of now, coloured by its thresholds; four columns wide unless the shape says otherwise. */
export function number(title: string, description: string, unit: Unit, expression: string, shape: Shape = {}): Panel {
  return panel('number', title, description, unit, [['', expression]], { width: 4, ...shape });
}

function panel(
  kind: Panel['kind'],
  title: string,
  description: string,
  unit: Unit,
  queries: Queries,
  shape: Shape & { width: number },
): Panel {
  const shown = queries.map(([legend, expression]) => ({ legend, expression }));
  return { kind, title, description, unit, queries: shown, stacked: false, thresholds: [], ...shape };
}

/** Bad from the first event on. */
export const noneIsGood: readonly Threshold[] = [
  ['green', 0],
  ['orange', 1],
];
export const someIsBad: readonly Threshold[] = [
  ['green', 0],
  ['red', 1],
];
export const oneIsGood: readonly Threshold[] = [
  ['red', 0],
  ['green', 1],
];

/** The series of a metric in the chosen pods. */
export function chosen(metric: string, matchers = ''): string {
  return `${metric}{namespace=~"$namespace", pod=~"$pod"${matchers === '' ? '' : `, ${matchers}`}}`;
}

/** What a counter of the chosen pods grows by in a second. */
export function rate(metric: string, matchers = ''): string {
  return `rate(${chosen(metric, matchers)}[$__rate_interval])`;
}

/** A quantile of a histogram of the chosen pods, over all of them; `by` keeps labels apart. */
export function quantile(q: number, histogram: string, by = ''): string {
  const labels = by === '' ? 'le' : `${by}, le`;
  return `histogram_quantile(${q}, sum by (${labels}) (${rate(`${histogram}_bucket`)}))`;
}
