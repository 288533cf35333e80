/** Finds lists without an end. */
export interface LoopGuard {
  /** Whether the list may go on at `token`: not where its tokens repeat, or are more than the limit. */
  readonly goesOn: (token: string) => boolean;
}

/**
 * One token is held, not all of them: another one is taken after 1, 2, 4, 8, … (Brent), so that any circle is met soon.
 */
export function createLoopGuard(most: number): LoopGuard {
  let held: string | undefined;
  let count = 0;
  let retake = 1;
  return {
    goesOn: (token) => {
      if (token === held || count >= most) return false;
      count += 1;
      if (count === retake) {
        held = token;
        retake *= 2;
      }
      return true;
    },
  };
}
