/** A quantile and the error, as a fraction of all observations, within which its rank is right. */
export interface Objective {
  readonly quantile: number;
  readonly error: number;
}

/**
 * The objectives of some quantiles. The error is a tenth of the distance from the quantile to the nearer end: for 0.5,
 * 0.9 and 0.99 that is 0.05, 0.01 and 0.001, as in statsd_exporter.
 */
export function objectivesFor(quantiles: readonly number[]): readonly Objective[] {
  return quantiles.map((quantile) => ({
    quantile,
    error: Number((Math.min(quantile, 1 - quantile) / 10).toPrecision(12)),
  }));
}
