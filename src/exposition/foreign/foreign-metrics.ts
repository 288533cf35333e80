import { groupBy } from '../../lists/group-by.ts';
import type { Labels, MetricType } from '../metric/family.ts';
import type { ForeignSample } from './merge-families.ts';
import { parseNumber, parseSampleLine } from './sample-line.ts';

/** One complete series of another program's page. */
export interface ForeignMetric {
  /** Without `le` and `quantile`. */
  readonly labels: Labels;
  /** Milliseconds since the epoch, as all below. */
  readonly timestamp: number | undefined;
  readonly created: number | undefined;
  readonly value:
    | { readonly kind: 'number'; readonly number: number }
    | {
        readonly kind: 'histogram' | 'summary';
        readonly count: number;
        readonly sum: number;
        /** Upper bound and cumulative count of each bucket, `+Inf` with them; or quantile and value. Ascending. */
        readonly parts: readonly (readonly [at: number, value: number])[];
      };
}

/** A sample without the rest of its series. */
export interface LooseSample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
  readonly timestamp: number | undefined;
}

/**
 * Metrics of a family, and the samples that no message has a place for: those of series without a count, a sum or a
 * last bucket.
 */
export interface ForeignMetrics {
  readonly metrics: readonly ForeignMetric[];
  readonly loose: readonly LooseSample[];
}

const unlimited = Number.POSITIVE_INFINITY;

function labelsOf({ labels }: ForeignSample): Labels {
  const parsed = parseSampleLine(`x${labels} 0`, 'text', unlimited);
  return parsed.ok ? parsed.labels : [];
}

/** A sample with all of its labels. */
export function looseSample(sample: ForeignSample): LooseSample {
  return { name: sample.name, labels: labelsOf(sample), value: sample.value, timestamp: sample.timestamp };
}

function createdName(name: string, type: MetricType): string {
  return `${type === 'counter' ? name.replace(/_total$/, '') : name}_created`;
}

/** Composes the samples of one family into their series. */
export function foreignMetrics(name: string, type: MetricType, samples: readonly ForeignSample[]): ForeignMetrics {
  const created = new Map<string, number>();
  const others = samples.filter((sample) => {
    if (sample.name === name || sample.name !== createdName(name, type)) return true;
    created.set(sample.series, sample.value * 1000);
    return false;
  });
  if (type === 'histogram' || type === 'summary') return composed(name, type, others, created);
  const metrics = others
    .filter((sample) => sample.name === name)
    .map((sample): ForeignMetric => {
      const { labels, value, timestamp } = looseSample(sample);
      return { labels, timestamp, created: created.get(sample.series), value: { kind: 'number', number: value } };
    });
  return { metrics, loose: [] };
}

function composed(
  name: string,
  kind: 'histogram' | 'summary',
  samples: readonly ForeignSample[],
  created: ReadonlyMap<string, number>,
): ForeignMetrics {
  const bySeries = groupBy(samples, ({ series }) => series);
  const metrics: ForeignMetric[] = [];
  const loose: LooseSample[] = [];
  for (const [series, ofSeries] of bySeries) {
    const metric = compose(name, kind, ofSeries, created.get(series));
    if (metric === undefined) loose.push(...ofSeries.map(looseSample));
    else metrics.push(metric);
  }
  return { metrics, loose };
}

/** Undefined where a message would give a scraper more samples, or fewer, than there are. */
function compose(
  name: string,
  kind: 'histogram' | 'summary',
  samples: readonly ForeignSample[],
  created: number | undefined,
): ForeignMetric | undefined {
  const own = kind === 'histogram' ? 'le' : 'quantile';
  const timestamp = samples[0]?.timestamp;
  if (samples.some((sample) => sample.timestamp !== timestamp)) return undefined;
  let sum: number | undefined;
  let count: number | undefined;
  let labels: Labels = [];
  const parts: [number, number][] = [];
  for (const sample of samples) {
    if (sample.name === `${name}_sum`) sum = sample.value;
    else if (sample.name === `${name}_count`) count = sample.value;
    else {
      const all = labelsOf(sample);
      parts.push([parseNumber(all.find(([label]) => label === own)?.[1] ?? '') ?? Number.NaN, sample.value]);
      labels = all.filter(([label]) => label !== own);
    }
  }
  if (parts.length === 0) labels = labelsOf(samples[0]!);
  parts.sort(([a], [b]) => a - b);
  if (sum === undefined || count === undefined) return undefined;
  if (kind === 'histogram' && parts.at(-1)?.[0] !== Number.POSITIVE_INFINITY) return undefined;
  return { labels, timestamp, created, value: { kind, count, sum, parts } };
}
