/** A quantile and the error, as a fraction of all observations, within which its rank is right. */
export interface Objective {
  readonly quantile: number;
  readonly error: number;
}

/**
 * The objectives for some quantiles. The error is a tenth of the quantile's distance from the nearer end, which for
 * statsd_exporter's 0.5, 0.9 and 0.99 gives its 0.05, 0.01 and 0.001.
 */
export function objectivesFor(quantiles: readonly number[]): readonly Objective[] {
  return quantiles.map((quantile) => ({
    quantile,
    error: Number((Math.min(quantile, 1 - quantile) / 10).toPrecision(12)),
  }));
}
