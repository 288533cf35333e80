import type { EventKind } from '../mapping.ts';

export const eventKinds: readonly EventKind[] = ['counter', 'gauge', 'observer'];

/** A pattern of segments; `*` is any one segment. */
export interface Glob {
  readonly segments: readonly string[];
  readonly kinds: readonly EventKind[];
}

export interface GlobMatch {
  /** The index of the glob in the list. */
  readonly at: number;
  readonly captures: readonly string[];
}

/** @param segments of the name, split at its dots */
export type GlobMatcher = (kind: EventKind, segments: readonly string[]) => GlobMatch | undefined;

interface State {
  readonly depth: number;
  /** Undefined: none. Most states are the last of their glob. */
  literals: Map<string, State> | undefined;
  star: State | undefined;
  /** The first glob that ends here. */
  at: number;
  /** The first glob that ends here or further on. */
  least: number;
  /** The numbers of segments of the globs through here. */
  shortest: number;
  longest: number;
}

const none = Number.POSITIVE_INFINITY;

function state(depth: number): State {
  return { depth, literals: undefined, star: undefined, at: none, least: none, shortest: none, longest: 0 };
}

/**
 * Matches names against all globs at once. With `ordered` the first glob of the list wins; without it the most specific
 * one, which has the literal at the first segment where two globs differ. A look-up visits each state of the trie at
 * most once.
 */
export function globMatcher(globs: readonly Glob[], ordered: boolean): GlobMatcher {
  const roots = rootsOf(globs);
  const stars = globs.map(({ segments }) => segments.flatMap((segment, i) => (segment === '*' ? [i] : [])));
  return (kind, segments) => {
    const at = search(roots.get(kind)!, segments, ordered);
    return at === none ? undefined : { at, captures: stars[at]!.map((i) => segments[i]!) };
  };
}

/** A trie for each kind of event; kinds with the same globs share one, which in most files all kinds do. */
function rootsOf(globs: readonly Glob[]): ReadonlyMap<EventKind, State> {
  const roots = new Map<EventKind, State>();
  for (const kind of eventKinds) {
    const same = [...roots.keys()].find((other) =>
      globs.every(({ kinds }) => kinds.includes(kind) === kinds.includes(other)),
    );
    const root = same === undefined ? state(0) : roots.get(same)!;
    roots.set(kind, root);
    if (same !== undefined) continue;
    globs.forEach(({ segments, kinds }, at) => {
      if (kinds.includes(kind)) insert(root, segments, at);
    });
  }
  return roots;
}

function insert(root: State, segments: readonly string[], at: number): void {
  let here = root;
  pass(here, segments.length, at);
  for (const segment of segments) {
    let next = segment === '*' ? here.star : here.literals?.get(segment);
    if (next === undefined) {
      next = state(here.depth + 1);
      if (segment === '*') here.star = next;
      else if (here.literals === undefined) here.literals = new Map([[segment, next]]);
      else here.literals.set(segment, next);
    }
    here = next;
    pass(here, segments.length, at);
  }
  here.at = Math.min(here.at, at);
}

function pass(through: State, length: number, at: number): void {
  through.least = Math.min(through.least, at);
  through.shortest = Math.min(through.shortest, length);
  through.longest = Math.max(through.longest, length);
}

/**
 * Depth first, literals before stars. States that cannot end in a glob of this length, or in a better one than the best
 * so far, are skipped.
 */
function search(root: State, segments: readonly string[], ordered: boolean): number {
  const { length } = segments;
  const open: State[] = [];
  let best = none;
  let here: State | undefined = root;
  while (here !== undefined) {
    if (here.depth === length) {
      if (here.at < best) best = here.at;
      if (!ordered && best !== none) return best;
      here = open.pop();
      continue;
    }
    if (here.least >= best) {
      here = open.pop();
      continue;
    }
    const literal = here.literals?.get(segments[here.depth]!);
    const { star } = here;
    const viaStar = star !== undefined && leads(star, length, best);
    if (literal !== undefined && leads(literal, length, best)) {
      if (viaStar) open.push(star);
      here = literal;
    } else {
      here = viaStar ? star : open.pop();
    }
  }
  return best;
}

function leads(to: State, length: number, best: number): boolean {
  return length >= to.shortest && length <= to.longest && to.least < best;
}
