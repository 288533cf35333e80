import type { Logger } from '../../runtime/logger.ts';
import { createPauses } from '../../timing/pauses.ts';
import type { Metrics } from '../metrics/webhook-metrics.ts';
import type { Problem, ProblemCode } from '../protocol/request-problem.ts';

/** Between two warnings about requests that were refused for one reason. */
const silentMilliseconds = 60_000;

/**
 * Counts each request that was refused. A flood of them is no flood of the log: one warning a minute for each reason.
 */
export function createRefusals({
  metrics,
  log,
  now,
}: {
  readonly metrics: Pick<Metrics, 'refused'>;
  readonly log: Logger;
  readonly now: () => number;
}): (problem: Problem) => void {
  const mayWarn = createPauses<ProblemCode>(now, silentMilliseconds);
  return ({ code, message, from }) => {
    metrics.refused(code);
    log[mayWarn(code) ? 'warn' : 'debug']('request refused', { code, problem: message, remoteAddress: from });
  };
}
