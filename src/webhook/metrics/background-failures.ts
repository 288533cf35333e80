import type { Logger } from '../../runtime/logger.ts';
import { createPauses } from '../../timing/pauses.ts';

/** Work that goes on beside admission. `unknown`: an exception or rejection that nothing caught. */
export const backgroundWorks = ['watch', 'missed', 'events', 'certificates', 'reload', 'clock', 'unknown'] as const;
export type BackgroundWork = (typeof backgroundWorks)[number];

/** What takes the exceptions of one work. */
export type Background = (work: BackgroundWork) => (error: unknown) => void;

/** Milliseconds between two log lines about one work; the counter says how often. */
const quietMilliseconds = 1000;

/**
 * Counts and logs what background work throws. The work itself goes on after a rest: only the admission path may end
 * admission.
 */
export function createBackground({
  metrics,
  log,
  now,
}: {
  readonly metrics: { readonly backgroundFailed: (work: BackgroundWork) => void };
  readonly log: Logger;
  readonly now: () => number;
}): Background {
  const mayTell = createPauses<BackgroundWork>(now, quietMilliseconds);
  return (work) => (error) => {
    metrics.backgroundFailed(work);
    if (!mayTell(work)) return;
    log.error('background work failed: a bug; admission goes on', { work, err: error });
  };
}
