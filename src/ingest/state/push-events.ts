/** The events of a push, or of the expiry of clients, for the runtime's metrics and its log. */
export interface PushEvents {
  samples: number;
  restarts: number;
  decreases: number;
  /** Values that fell; the next push shows whether it was a restart. */
  falls: number;
  /** Values that may belong to several processes and were not counted. */
  unclear: number;
  baselines: number;
  aggregateConflicts: number;
  helpConflicts: number;
  layoutConflicts: number;
  expired: number;
  revived: number;
  /** Clients whose counters fall again and again: two processes probably share the name. */
  readonly identityConflicts: string[];
}

export function noEvents(): PushEvents {
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
