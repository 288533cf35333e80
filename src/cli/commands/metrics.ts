import { metricReference } from '../../reference/metrics.ts';
import type { Io } from '../../terminal/io.ts';
import { printReference } from './print-reference.ts';

/**
 * `metrics-sidecar metrics [PATTERN]`: every metric that the program tells of itself, those that fit, or all of one.
 */
export async function runMetrics(args: readonly string[], io: Io): Promise<number> {
  return printReference(metricReference, args, io);
}
