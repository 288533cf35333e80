import type { Logger } from '../../runtime/logger.ts';
import { oncePerInterval } from '../../timing/once-per-interval.ts';

/** Work beside admission. `unknown`: an exception or rejection that nothing caught. */
export const backgroundWorks = ['watch', 'missed', 'events', 'certificates', 'reload', 'clock', 'unknown'] as const;
export type BackgroundWork = (typeof backgroundWorks)[number];

/** The handler of the exceptions of one work. */
export type BackgroundFailures = (work: BackgroundWork) => (error: unknown) => void;

/** Milliseconds between two log lines about one work; the counter has the number of exceptions. */
const quietMs = 1000;

/**
 * Counts and logs the exceptions of background work. The work itself goes on after a rest: only the admission path may
 * end admission.
 */
export function createBackgroundFailures({
  metrics,
  log,
  now,
}: {
  readonly metrics: { readonly backgroundFailed: (work: BackgroundWork) => void };
  readonly log: Logger;
  readonly now: () => number;
}): BackgroundFailures {
  const mayLog = oncePerInterval<BackgroundWork>(now, quietMs);
  return (work) => (error) => {
    metrics.backgroundFailed(work);
    if (!mayLog(work)) return;
    log.error('background work failed: a bug; admission goes on', { work, err: error });
  };
}
