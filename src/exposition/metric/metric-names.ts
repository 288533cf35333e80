import type { MetricType } from './family.ts';

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Whether every version of Prometheus accepts this metric name (the classic character set, without quoting). */
export function isMetricName(name: string): boolean {
  return metricName.test(name);
}

/** Whether every version of Prometheus accepts this label name. */
export function isLabelName(name: string): boolean {
  return labelName.test(name);
}

/**
 * Whether Prometheus gives this name to series that it makes itself: `up` and `scrape_…` for each target it scrapes,
 * `ALERTS…` for each alert. It drops its own sample where a page has the series already, so an application's `up 0`
 * makes its target down.
 */
export function isReservedName(name: string): boolean {
  return name === 'up' || name.startsWith('scrape_') || name.startsWith('ALERTS');
}

/** The label that a type writes itself, which no series of the type may have of its own. */
export function ownLabel(type: MetricType): 'le' | 'quantile' | undefined {
  return type === 'histogram' ? 'le' : type === 'summary' ? 'quantile' : undefined;
}

/**
 * The names that a family of this type needs for itself in text 0.0.4: those of its header and its samples. Two
 * families of a page that share one would be read as one family twice.
 */
export function sampleNames(name: string, type: MetricType): readonly string[] {
  if (type === 'histogram') return [name, `${name}_bucket`, `${name}_sum`, `${name}_count`];
  if (type === 'summary') return [name, `${name}_sum`, `${name}_count`];
  return [name];
}

/** `sampleNames`, and the further names that OpenMetrics needs where the family cannot be shown in another way. */
export function claimedNames(name: string, type: MetricType): readonly string[] {
  const names = sampleNames(name, type);
  return type === 'histogram' || type === 'summary' ? [...names, `${name}_created`] : names;
}

/** The header of a family in OpenMetrics. */
export interface OpenMetricsHead {
  readonly name: string;
  readonly type: MetricType;
  /** The name of the `_created` samples, where the type has them. */
  readonly created?: string;
}

function withoutSuffix(name: string, suffix: string): string | undefined {
  const base = name.slice(0, -suffix.length);
  return name.endsWith(suffix) && isMetricName(base) ? base : undefined;
}

/**
 * The header of a family in OpenMetrics that lets its series keep the names that they have in text 0.0.4.
 *
 * OpenMetrics demands `_total` of a counter's sample and would rename `orders` to `orders_total`; Prometheus 3 prefers
 * OpenMetrics, so the same counter would get another series name with the next version of the scraper. A counter
 * without the suffix is therefore of type unknown there, and so is one whose OpenMetrics names another family has: Go
 * programs have both a gauge `go_memstats_alloc_bytes` and a counter `go_memstats_alloc_bytes_total`.
 *
 * @param isTaken whether another family of the page has this name
 */
export function openMetricsHead(name: string, type: MetricType, isTaken: (name: string) => boolean): OpenMetricsHead {
  if (type === 'counter') {
    const base = withoutSuffix(name, '_total');
    if (base === undefined || isTaken(base) || isTaken(`${base}_created`)) return { name, type: 'unknown' };
    return { name: base, type, created: `${base}_created` };
  }
  if (type === 'info') {
    const base = withoutSuffix(name, '_info');
    return base === undefined || isTaken(base) ? { name, type: 'gauge' } : { name: base, type };
  }
  if (type === 'histogram' || type === 'summary') return { name, type, created: `${name}_created` };
  return { name, type };
}

/** The word after `# TYPE name` in text 0.0.4. */
export function textType(type: MetricType): string {
  if (type === 'unknown') return 'untyped';
  return type === 'info' || type === 'stateset' ? 'gauge' : type;
}
