import type { EventKind } from '../../../../src/statsd/mapping/mapping.ts';
import type { Glob } from '../../../../src/statsd/mapping/match/glob.ts';

/** The place of the glob that decides, found by trying every one of them. */
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
  // Of two that match, both have a literal or a star at each segment, so this is the order of the first difference.
  if (!ordered) matching.sort((a, b) => (a.stars < b.stars ? -1 : a.stars > b.stars ? 1 : a.at - b.at));
  return matching[0]?.at;
}
