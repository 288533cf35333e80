import { statsdFlags } from '../../../contract/statsd.ts';
import { objectivesFor } from '../../series/objective.ts';
import type { ObserverFields } from '../fields/observer-fields.ts';
import type { Findings } from '../findings.ts';
import type { NativeHistogram, ObserverSettings } from '../mapping.ts';

/** What the flags say of observers; a file says the rest. */
export interface ObserverFallback {
  readonly type: 'summary' | 'histogram';
  readonly quantiles: readonly { readonly quantile: number; readonly error: number }[];
  /** Milliseconds. */
  readonly maxAge: number;
  readonly ageBuckets: number;
  readonly buckets: readonly number[];
  /** What the histograms of a file have that says nothing of it; absent where there is no file: then none has any. */
  readonly native?: NativeHistogram;
}

/** statsd_exporter's, for every histogram where there is a mapping file. */
export const nativeOfFiles: NativeHistogram = { factor: 1.1, maxBuckets: 256 };

/** The flags when nobody says anything. */
export const defaultFallback: ObserverFallback = {
  type: statsdFlags.observerType.default,
  quantiles: objectivesFor(statsdFlags.summaryQuantiles.default),
  maxAge: statsdFlags.summaryMaxAge.default,
  ageBuckets: statsdFlags.summaryAgeBuckets.default,
  buckets: statsdFlags.histogramBuckets.default,
};

/** What observations become: a rule's own options before the file's defaults before the flags. An option that is 0 is not given. */
export function observerSettings(
  own: ObserverFields,
  defaults: ObserverFields,
  fallback: ObserverFallback,
): ObserverSettings {
  const explicit = own.type ?? defaults.type;
  const type = explicit?.value ?? fallback.type;
  if (type === 'histogram') {
    const buckets = explicit && notEmpty(own.buckets?.value);
    return {
      type,
      buckets:
        buckets ??
        notEmpty(own.histogram?.buckets?.value) ??
        notEmpty(defaults.histogram?.buckets?.value) ??
        notEmpty(defaults.buckets?.value) ??
        fallback.buckets,
      native: nativeOf(own, defaults, fallback.native),
    };
  }
  const quantiles = explicit && notEmpty(own.quantiles?.value);
  return {
    type,
    quantiles:
      quantiles ??
      notEmpty(own.summary?.quantiles?.value) ??
      notEmpty(defaults.summary?.quantiles?.value) ??
      notEmpty(defaults.quantiles?.value) ??
      fallback.quantiles,
    maxAge: own.summary?.maxAge || defaults.summary?.maxAge || fallback.maxAge,
    ageBuckets: own.summary?.ageBuckets || defaults.summary?.ageBuckets || fallback.ageBuckets,
  };
}

/** Whether the fields say anything. */
export function saysObserver({ type, summary, histogram, quantiles, buckets }: ObserverFields): boolean {
  return [type, summary, histogram, quantiles, buckets].some((field) => field !== undefined);
}

/** Says where the options of a rule contradict each other, or have no effect. */
export function checkObserver(own: ObserverFields, defaults: ObserverFields, findings: Findings): void {
  const { summary, histogram } = own;
  if (own.quantiles !== undefined && summary?.quantiles !== undefined) {
    findings.error(own.quantiles.place, 'observer_options', 'quantiles stand here and in summary_options');
  }
  if (own.buckets !== undefined && histogram?.buckets !== undefined) {
    findings.error(own.buckets.place, 'observer_options', 'buckets stand here and in histogram_options');
  }
  const explicit = own.type ?? defaults.type;
  const whence = own.type === undefined ? ' by defaults' : '';
  if (explicit?.value === 'histogram' && summary !== undefined) {
    findings.error(summary.place, 'observer_options', `summary_options on a histogram${whence}`);
  }
  if (explicit?.value === 'summary' && histogram !== undefined) {
    findings.error(histogram.place, 'observer_options', `histogram_options on a summary${whence}`);
  }
  const idle = explicit === undefined && summary === undefined ? (histogram ?? own.buckets) : undefined;
  if (idle !== undefined) {
    const message = 'buckets have no effect on a summary, and nothing says observer_type: histogram';
    findings.warning(idle.place, 'observer_options', message);
  }
}

/** A factor of 1 or less is how a file says that there shall be none; 0 says nothing. */
function nativeOf(
  own: ObserverFields,
  defaults: ObserverFields,
  fallback: NativeHistogram | undefined,
): NativeHistogram | undefined {
  const [mine, general] = [own.histogram, defaults.histogram];
  const factor = (positive(mine?.nativeFactor) ?? general?.nativeFactor) || (fallback?.factor ?? 1);
  if (!(factor > 1)) return undefined;
  const maxBuckets = positive(mine?.nativeMaxBuckets) ?? positive(general?.nativeMaxBuckets);
  return { factor, maxBuckets: maxBuckets ?? (fallback ?? nativeOfFiles).maxBuckets };
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

function notEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}
