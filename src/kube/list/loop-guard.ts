/** Detects a list without an end. */
export interface LoopGuard {
  /** Whether the list may go on at `token`: false where tokens repeat or exceed the limit. */
  readonly goesOn: (token: string) => boolean;
}

/**
 * Holds one token, and replaces it after 1, 2, 4, 8, … others (Brent's algorithm), which finds a circle of any length.
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
