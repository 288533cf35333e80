import { groupBy } from '../../../lists/group-by.ts';
import type { EventKind } from '../mapping.ts';
import { eventKinds, type Glob, type GlobMatch, type GlobMatcher } from './glob.ts';

/** The star is a transition like any other, as in statsd_exporter: a segment `*` of a name follows it too. */
interface State {
  readonly transitions: Map<string, State>;
  shortestRest: number;
  longestRest: number;
  /** The index of the glob that made this state final; undefined: no glob ends here, or another one made the state. */
  result: number | undefined;
  priority: number;
}

/** A state where the star is still to be tried. */
interface Alternative {
  readonly state: State;
  readonly index: number;
  readonly captured: number;
}

function state(rest: number): State {
  return { transitions: new Map(), shortestRest: rest, longestRest: rest, result: undefined, priority: 0 };
}

/**
 * Matches names as statsd_exporter 0.30.0 does, even against the intent of the author: a glob that ends in a state of
 * another glob never matches but lends it its priority, and without an order a star is tried again only where its test
 * of all globs says so.
 */
export function compatGlobMatcher(globs: readonly Glob[], ordered: boolean): GlobMatcher {
  const roots = new Map(eventKinds.map((kind) => [kind, state(0)]));
  for (const [at, glob] of globs.entries()) insert(roots, glob, at);
  const stars = globs.map(({ segments }) => segments.filter((segment) => segment === '*').length);
  const backtracks = ordered || needsBacktracking(globs);
  return (kind, segments) => {
    const best = search(roots.get(kind)!, segments, ordered, backtracks);
    return best && { at: best.at, captures: best.captures.slice(0, stars[best.at]!) };
  };
}

function insert(roots: ReadonlyMap<EventKind, State>, { segments, kinds }: Glob, at: number): void {
  for (const kind of kinds) {
    let here = roots.get(kind)!;
    segments.forEach((segment, i) => {
      const rest = segments.length - i - 1;
      let next = here.transitions.get(segment);
      if (next === undefined) {
        next = state(rest);
        if (rest === 0) next.result = at;
        here.transitions.set(segment, next);
      }
      next.shortestRest = Math.min(next.shortestRest, rest);
      next.longestRest = Math.max(next.longestRest, rest);
      here = next;
    });
    here.priority = at;
  }
}

function search(
  root: State,
  segments: readonly string[],
  ordered: boolean,
  backtracks: boolean,
): GlobMatch | undefined {
  // As in statsd_exporter, the captures of a path are overwritten by the next path, never cleared.
  const captures: string[] = segments.map(() => '');
  const open: Alternative[] = [];
  let best: State | undefined;
  let bestCaptures: readonly string[] = [];
  let here: State | undefined = root;
  let [index, captured] = [0, 0];
  const fits = (next: State | undefined): next is State => {
    const rest = segments.length - index - 1;
    return next !== undefined && rest >= next.shortestRest && rest <= next.longestRest;
  };
  for (;;) {
    while (here !== undefined && index < segments.length) {
      const literal = here.transitions.get(segments[index]!);
      const star: State | undefined = here.transitions.get('*');
      if (fits(literal)) {
        if (backtracks && fits(star)) open.push({ state: star, index, captured });
        here = literal;
      } else {
        here = fits(star) ? star : undefined;
        if (here !== undefined) captures[captured++] = segments[index]!;
      }
      index++;
    }
    if (here?.result !== undefined) {
      if (!ordered) return { at: here.result, captures };
      if (best === undefined || best.priority > here.priority) [best, bestCaptures] = [here, [...captures]];
    }
    const alternative = open.pop();
    if (alternative === undefined) return best && { at: best.result!, captures: bestCaptures };
    captures[alternative.captured] = segments[alternative.index]!;
    captured = alternative.captured + 1;
    [here, index] = [alternative.state, alternative.index + 1];
  }
}

/** Whether stars are tried again without an order. The test compares only globs with the same number of segments. */
function needsBacktracking(globs: readonly Glob[]): boolean {
  const groups = groupBy(globs, ({ segments }) => segments.length);
  return [...groups.values()].some((group) =>
    group.some(({ segments }, at) => {
      const others = group.filter((_, i) => i !== at).map((other) => other.segments);
      const branches = segments.some(
        (segment, star) =>
          segment === '*' && others.some((other) => segments.slice(0, star).every((before, i) => before === other[i])),
      );
      return branches && !others.some((other) => covers(segments, other) || covers(other, segments));
    }),
  );
}

/** Whether `glob` matches every name that `other` matches; both have the same number of segments. */
function covers(glob: readonly string[], other: readonly string[]): boolean {
  return glob.every((segment, i) => segment === '*' || segment === other[i]);
}
