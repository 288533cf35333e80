import { statsdFlags } from '../../../contract/statsd.ts';
import { objectivesFor } from '../../series/objective.ts';
import type { ObserverFields } from '../fields/observer-fields.ts';
import type { Findings } from '../findings.ts';
import type { NativeHistogram, ObserverSettings } from '../mapping.ts';

/** The options of observers in the flags, for what a file does not say. */
export interface ObserverFallback {
  readonly type: 'summary' | 'histogram';
  readonly quantiles: readonly { readonly quantile: number; readonly error: number }[];
  /** Milliseconds. */
  readonly maxAge: number;
  readonly ageBuckets: number;
  readonly buckets: readonly number[];
  /** The native histograms of a file that does not mention them; absent without a file: then there are none. */
  readonly native?: NativeHistogram;
}

/** The native histograms of statsd_exporter, which every histogram has where there is a mapping file. */
export const nativeOfFiles: NativeHistogram = { factor: 1.1, maxBuckets: 256 };

/** The defaults of the flags. */
export const defaultFallback: ObserverFallback = {
  type: statsdFlags.observerType.default,
  quantiles: objectivesFor(statsdFlags.summaryQuantiles.default),
  maxAge: statsdFlags.summaryMaxAge.default,
  ageBuckets: statsdFlags.summaryAgeBuckets.default,
  buckets: statsdFlags.histogramBuckets.default,
};

/**
 * The settings of observers: a rule's own options come before the file's defaults, and these before the flags. An
 * option of 0 counts as absent.
 */
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

/** Whether any of the fields is set. */
export function saysObserver({ type, summary, histogram, quantiles, buckets }: ObserverFields): boolean {
  return [type, summary, histogram, quantiles, buckets].some((field) => field !== undefined);
}

/** Reports options of a rule that contradict each other or have no effect. */
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

/** A factor of 1 or less means "no native histogram"; 0 means that the file does not say. */
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
