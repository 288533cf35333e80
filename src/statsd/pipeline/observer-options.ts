import { type NativeOptions, schemaOf } from '../../exposition/metric/native-buckets.ts';
import type { NativeHistogram, ObserverSettings } from '../mapping/mapping.ts';
import type { ObserverOptions } from '../series/observer.ts';
import type { Scratch } from '../series/sketch.ts';

/** A quantile without an error would keep every observation of its window. */
const leastError = 1e-5;
const defaultMaxAgeMs = 600_000;
const defaultAgeBuckets = 5;
const mostAgeBuckets = 100;
/** 64 KiB for a series. */
const mostNativeBuckets = 4096;

/**
 * The options of observers from the settings of a mapping: values in order, without a trailing `+Inf` (every histogram
 * has that bucket), and within bounds where memory or time depends on them. Impossible bounds and quantiles stay: the
 * page refuses them.
 */
export function observerOptions(settings: ObserverSettings, scratch: Scratch): ObserverOptions {
  if (settings.type === 'histogram') {
    const { buckets, native } = settings;
    const last = buckets.length - 1;
    const bounds = buckets[last] === Number.POSITIVE_INFINITY ? buckets.slice(0, last) : buckets;
    return { type: 'histogram', bounds, native: native && nativeOptions(native) };
  }
  const byQuantile = new Map(
    settings.quantiles.map(({ quantile, error }) => [quantile, error > leastError ? error : leastError]),
  );
  const objectives = [...byQuantile].map(([quantile, error]) => ({ quantile, error }));
  objectives.sort((a, b) => a.quantile - b.quantile);
  const { maxAge, ageBuckets } = settings;
  return {
    type: 'summary',
    quantiles: objectives.map(({ quantile }) => quantile),
    summary: {
      objectives,
      maxAge: maxAge > 0 ? maxAge : defaultMaxAgeMs,
      ageBuckets: Math.min(ageBuckets > 0 ? ageBuckets : defaultAgeBuckets, mostAgeBuckets),
      scratch,
    },
  };
}

function nativeOptions({ factor, maxBuckets }: NativeHistogram): NativeOptions {
  return { schema: schemaOf(factor), maxBuckets: Math.min(maxBuckets, mostNativeBuckets) };
}
