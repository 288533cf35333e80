/** What happened while pushes were taken and clients went: the edge counts and logs it. */
export interface Facts {
  samples: number;
  restarts: number;
  decreases: number;
  /** Values that fell, of which the next push says whether it was a restart. */
  falls: number;
  /** Values that may be of several processes and were not counted. */
  unclear: number;
  baselines: number;
  aggregateConflicts: number;
  helpConflicts: number;
  layoutConflicts: number;
  expired: number;
  revived: number;
  /** Clients whose counters fall again and again: two processes seem to share the name. */
  readonly identityConflicts: string[];
}

export function noFacts(): Facts {
  return {
    samples: 0,
    restarts: 0,
    decreases: 0,
    falls: 0,
    unclear: 0,
    baselines: 0,
    aggregateConflicts: 0,
    helpConflicts: 0,
    layoutConflicts: 0,
    expired: 0,
    revived: 0,
    identityConflicts: [],
  };
}
