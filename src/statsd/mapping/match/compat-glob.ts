import { groupBy } from '../../../lists/group-by.ts';
import type { EventKind } from '../mapping.ts';
import { eventKinds, type Glob, type GlobMatch, type GlobMatcher } from './glob.ts';

/** As statsd_exporter's: the star is a transition like any other, so a segment of a name that is `*` follows it too. */
interface State {
  readonly transitions: Map<string, State>;
  shortestRest: number;
  longestRest: number;
  /** Place of the glob that made this state; undefined where none ends here, or it was here before. */
  result: number | undefined;
  priority: number;
}

/** Where a star can still be tried. */
interface Alternative {
  readonly state: State;
  readonly index: number;
  readonly captured: number;
}

function state(rest: number): State {
  return { transitions: new Map(), shortestRest: rest, longestRest: rest, result: undefined, priority: 0 };
}

/**
 * Matches names as statsd_exporter 0.30.0 does, whatever its authors meant: a glob that ends in a state another one made is
 * never found but lends it its priority, and without an order stars are tried again only where its test of all globs says so.
 */
export function compatGlobMatcher(globs: readonly Glob[], ordered: boolean): GlobMatcher {
  const roots = new Map(eventKinds.map((kind) => [kind, state(0)]));
  for (const [at, glob] of globs.entries()) insert(roots, glob, at);
  const stars = globs.map(({ segments }) => segments.filter((segment) => segment === '*').length);
  const backtracks = ordered || needsBacktracking(globs);
  return (kind, segments) => {
    const found = search(roots.get(kind)!, segments, ordered, backtracks);
    return found && { at: found.at, captures: found.captures.slice(0, stars[found.at]!) };
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
  // As there, what a path has captured is written over by the next, never cleared.
  const captures: string[] = segments.map(() => '');
  const open: Alternative[] = [];
  let found: State | undefined;
  let foundCaptures: readonly string[] = [];
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
      if (found === undefined || found.priority > here.priority) [found, foundCaptures] = [here, [...captures]];
    }
    const alternative = open.pop();
    if (alternative === undefined) return found && { at: found.result!, captures: foundCaptures };
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

/** Whether every name that `other` matches `glob` matches too; both have as many segments. */
function covers(glob: readonly string[], other: readonly string[]): boolean {
  return glob.every((segment, i) => segment === '*' || segment === other[i]);
}
