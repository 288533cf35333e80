import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventKind } from '../../../../src/statsd/mapping/mapping.ts';
import { compatGlobMatcher } from '../../../../src/statsd/mapping/match/compat-glob.ts';
import { eventKinds, type Glob, globMatcher } from '../../../../src/statsd/mapping/match/glob.ts';
import { naiveGlob } from './naive-glob.ts';
import { Fsm } from './statsd-exporter-fsm.ts';

const segment = fc.constantFrom('a', 'b', 'c');
const globs: fc.Arbitrary<readonly Glob[]> = fc.array(
  fc.record({
    segments: fc.array(fc.oneof(segment, fc.constant('*')), { minLength: 1, maxLength: 4 }),
    kinds: fc.oneof(
      fc.constant(eventKinds),
      fc.constantFrom(...eventKinds).map((kind) => [kind]),
    ),
  }),
  { minLength: 1, maxLength: 8 },
);
const names = fc.array(
  fc.tuple(
    fc.constantFrom(...eventKinds),
    fc.array(fc.oneof({ weight: 6, arbitrary: segment }, fc.constantFrom('*', '', 'd')), {
      minLength: 1,
      maxLength: 4,
    }),
  ),
  { minLength: 1, maxLength: 10 },
);

describe.each([
  ['in the order of the file', true],
  ['the most specific first', false],
])('%s', (_, ordered) => {
  test('finds what trying every glob finds', () => {
    fc.assert(
      fc.property(globs, names, (rules, asked) => {
        const match = globMatcher(rules, ordered);
        for (const [kind, segments] of asked) {
          const found = match(kind, segments);
          expect(found?.at).toBe(naiveGlob(rules, ordered, kind, segments));
          if (found === undefined) continue;
          const starred = segments.filter((__, i) => rules[found.at]!.segments[i] === '*');
          expect(found.captures).toEqual(starred);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('in compatibility finds what statsd_exporter finds', () => {
    fc.assert(
      fc.property(globs, names, (rules, asked) => {
        const match = compatGlobMatcher(rules, ordered);
        const fsm = new Fsm(eventKinds, !ordered);
        const captures = rules.map(({ segments, kinds }, at) =>
          fsm.addState(segments.join('.'), kinds.length === 1 ? kinds[0]! : '', at),
        );
        fsm.testIfNeedBacktracking(rules.map(({ segments }) => segments.join('.')));
        for (const [kind, segments] of asked) {
          const theirs = fsm.getMapping(segments.join('.'), kind);
          expect(match(kind, segments)).toEqual(
            theirs && { at: theirs.result, captures: theirs.captures.slice(0, captures[theirs.result]) },
          );
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** Segments that count how often they are read. */
function counted(segments: readonly string[]): { readonly segments: readonly string[]; readonly reads: () => number } {
  let reads = 0;
  const proxy = new Proxy(segments, {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  return { segments: proxy, reads: () => reads };
}

describe('a look-up takes no more steps than the globs have segments', () => {
  const kinds: readonly EventKind[] = ['counter'];
  // Each level can continue by its literal and by its star, and no path ends before the last segment.
  const every = Array.from({ length: 1024 }, (_, i) => ({
    kinds,
    segments: [...Array.from({ length: 10 }, (__, bit) => ((i >> bit) & 1 ? 'a' : '*')), `z${i}`],
  }));
  const lengths = Array.from({ length: 200 }, (_, i) => ({ kinds, segments: [...Array<string>(i).fill('*'), 'z'] }));
  const sets: readonly (readonly [string, readonly Glob[], number])[] = [
    ['all of a and *', every, 11],
    ['stars of every length', lengths, 150],
  ];

  test.each(sets.flatMap((set) => [[...set, true] as const, [...set, false] as const]))(
    '%s',
    (_, rules, length, ordered) => {
      const { segments, reads } = counted([...Array<string>(length - 1).fill('a'), 'y']);
      expect(globMatcher(rules, ordered)('counter', segments)).toBeUndefined();
      expect(reads()).toBeLessThanOrEqual(2047);
    },
  );

  test('names of any length are looked up without recursion', () => {
    const long = Array<string>(100_000).fill('a');
    const rules = [{ kinds, segments: long.map((_, i) => (i % 2 === 0 ? '*' : 'a')) }];
    expect(globMatcher(rules, true)('counter', long)?.captures.length).toBe(50_000);
    expect(compatGlobMatcher(rules, true)('counter', long)?.captures.length).toBe(50_000);
  });
});
