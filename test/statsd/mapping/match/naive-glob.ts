import type { EventKind } from '../../../../src/statsd/mapping/mapping.ts';
import type { Glob } from '../../../../src/statsd/mapping/match/glob.ts';

/** The index of the glob that decides, by trying every glob. */
export function naiveGlob(
  globs: readonly Glob[],
  ordered: boolean,
  kind: EventKind,
  segments: readonly string[],
): number | undefined {
  const matching = globs.flatMap(({ segments: glob, kinds }, at) =>
    kinds.includes(kind) &&
    glob.length === segments.length &&
    glob.every((one, i) => one === '*' || one === segments[i])
      ? [{ at, stars: glob.map((one) => (one === '*' ? '1' : '0')).join('') }]
      : [],
  );
  // Two globs that match have a literal or a star at each segment, so this compares the first difference.
  if (!ordered) matching.sort((a, b) => (a.stars < b.stars ? -1 : a.stars > b.stars ? 1 : a.at - b.at));
  return matching[0]?.at;
}
