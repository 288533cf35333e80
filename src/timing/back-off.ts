/** Milliseconds to wait after a failure: the first time, and at most however many follow. */
export interface BackOff {
  readonly first: number;
  readonly most: number;
}

/** Milliseconds to wait after so many failures in a row: twice as long after each further one. */
export function backOff({ first, most }: BackOff, failures: number): number {
  // Doubled 30 times it is longer than any `most`; a number of failures that never ends stays a number here.
  return Math.min(most, first * 2 ** Math.min(failures - 1, 30));
}

/**
 * Half of a wait to all of it, so that replicas that failed together do not come back in step.
 * @param random in [0, 1)
 */
export function halfJitter(milliseconds: number, random: number): number {
  return milliseconds * (0.5 + random / 2);
}
