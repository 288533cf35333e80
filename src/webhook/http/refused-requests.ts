import type { Logger } from '../../runtime/logger.ts';
import { oncePerInterval } from '../../timing/once-per-interval.ts';
import type { Metrics } from '../metrics/webhook-metrics.ts';
import type { Problem, ProblemCode } from '../protocol/request-problem.ts';

/** Milliseconds between two warnings of one code. */
const silentMs = 60_000;

/**
 * Counts each refused request, and warns about it once a minute for each code, so that a flood of requests does not
 * flood the log.
 */
export function createRefusedRequests({
  metrics,
  log,
  now,
}: {
  readonly metrics: Pick<Metrics, 'refused'>;
  readonly log: Logger;
  readonly now: () => number;
}): (problem: Problem) => void {
  const mayWarn = oncePerInterval<ProblemCode>(now, silentMs);
  return ({ code, message, from }) => {
    metrics.refused(code);
    log[mayWarn(code) ? 'warn' : 'debug']('request refused', { code, problem: message, remoteAddress: from });
  };
}
