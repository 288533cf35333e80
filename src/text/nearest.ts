/** More than any number of steps that a search allows. */
const far = 0x7fff;
/** The length of the three rows of the table of steps, which are reused. Longer words get rows of their own. */
const rowLength = 128;
const rows = [new Uint16Array(rowLength), new Uint16Array(rowLength), new Uint16Array(rowLength)] as const;

/**
 * The number of insertions, deletions, replacements and swaps of neighbours between two words (Damerau, restricted);
 * Infinity where it is more than `most`. A pod may have twenty wrong keys, and each is compared with all of ours: only
 * cells that `most` steps can reach are counted (Ukkonen 1985), and the comparison ends with the first rows that are
 * above it everywhere. 20 keys took 20 ms of CPU without that.
 */
export function distance(a: string, b: string, most = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY;
  const isShort = b.length + 1 < rowLength;
  let [before, previous, current] = isShort ? rows : rows.map(() => new Uint16Array(b.length + 2));
  for (let j = 0; j <= b.length + 1; j++) previous![j] = j;
  before!.fill(far);
  let leastBefore = 0;
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - most);
    const to = Math.min(b.length, i + most);
    current![from - 1] = from === 1 ? i : far;
    let leastOfRow = current![from - 1]!;
    const code = a.charCodeAt(i - 1);
    const codeBefore = i > 1 ? a.charCodeAt(i - 2) : -1;
    for (let j = from; j <= to; j++) {
      const other = b.charCodeAt(j - 1);
      let least = previous![j - 1]! + (code === other ? 0 : 1);
      if (previous![j]! + 1 < least) least = previous![j]! + 1;
      if (current![j - 1]! + 1 < least) least = current![j - 1]! + 1;
      if (j > 1 && other === codeBefore && code === b.charCodeAt(j - 2) && before![j - 2]! + 1 < least) {
        least = before![j - 2]! + 1;
      }
      current![j] = least;
      if (least < leastOfRow) leastOfRow = least;
    }
    // The next row looks one cell further.
    current![to + 1] = far;
    // A swap reaches two rows back, so both rows have to be above it.
    if (leastOfRow > most && leastBefore > most) return Number.POSITIVE_INFINITY;
    leastBefore = leastOfRow;
    [before, previous, current] = [previous, current, before];
  }
  return previous![b.length]! <= most ? previous![b.length]! : Number.POSITIVE_INFINITY;
}

/** The most similar word, which differs in at most a third of its characters; undefined where there is none. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  // A long text is no mistyped word, and the table above is quadratic in its length.
  if (word.length > 100) return undefined;
  const lowerCase = word.toLowerCase();
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of words) {
    const most = Math.min(least - 1, Math.max(1, Math.floor(candidate.length / 3)));
    if (most < 0) break;
    const steps = distance(lowerCase, candidate.toLowerCase(), most);
    if (steps <= most) {
      best = candidate;
      least = steps;
    }
  }
  return best;
}

/** `; did you mean "statsd"?` or nothing: the end of an error sentence about an unknown word. */
export function didYouMean(word: string, words: Iterable<string>): string {
  const similar = nearest(word, words);
  return similar === undefined ? '' : `; did you mean "${similar}"?`;
}
