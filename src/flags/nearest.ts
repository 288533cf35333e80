/** The number of insertions, deletions, replacements and swaps of neighbours between two words (Damerau, restricted). */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      current.push(least);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}

/** The word a person most likely meant: the closest one within a third of its length, or nothing. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  // A word that is far too long was not mistyped, and the table above is quadratic in its length.
  if (word.length > 100) return undefined;
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of words) {
    const steps = distance(word.toLowerCase(), candidate.toLowerCase());
    if (steps < least && steps <= Math.max(1, Math.floor(candidate.length / 3))) {
      best = candidate;
      least = steps;
    }
  }
  return best;
}

/** `; did you mean "statsd"?` or nothing: the end of an error sentence about an unknown word. */
export function didYouMean(word: string, words: Iterable<string>): string {
  const meant = nearest(word, words);
  return meant === undefined ? '' : `; did you mean "${meant}"?`;
}
