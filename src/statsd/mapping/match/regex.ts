import { RE2JS, RE2JSException } from 're2js';
import type { Failure, Success } from '../../../result/result.ts';
import type { EventKind } from '../mapping.ts';
import { regexSize } from './regex-size.ts';
import type { RegexTest } from './regex-test.ts';

export type ReadRegex = Success<RE2JS> | (Failure & { readonly code: 'match' | 'regex_size' });

/**
 * The bound on the size of all expressions. A sidecar has 128 MiB, of which 60 are its own, and during a reload it also
 * holds the rules before. A step takes 340 bytes at most, and 2 µs to compile. A thousand rules such as
 * `^app\.([^.]+)\.(\w+)\.requests\.([a-z]+)_ms$` are 49,000.
 */
const stepsOfFile = 60_000;
const stepsOfRule = 5000;
/** The memory of an expression beside its program. */
const stepsOfEach = 15;
/** A search with groups has room for all of them at every step. */
const groupsOfRule = 100;

/**
 * Reads the regular expressions of one mapping file, in the syntax of RE2, as Go's `regexp.Compile` does. Matching
 * takes time linear in the name. Go bounds one expression by 1.4 million instructions; here one expression and the
 * whole file are bounded, and a larger one is refused before it is compiled.
 *
 * @returns undefined: it comes after the expression with which the file became too large
 */
export function regexReader(): (match: string) => ReadRegex | undefined {
  let left = stepsOfFile;
  return (match) => {
    if (left < 0) return undefined;
    const { steps, groups } = regexSize(match);
    // A refused expression counts as well, since its text was read, and an alias may repeat that.
    left -= Math.min(steps, stepsOfRule) + stepsOfEach;
    if (left < 0) return tooLarge(fileProblem);
    if (steps > stepsOfRule) return tooLarge(ruleProblem(steps));
    return groups > groupsOfRule ? tooLarge(groupsProblem(groups)) : compile(match);
  };
}

function tooLarge(problem: string): ReadRegex {
  return { ok: false, code: 'regex_size', problem };
}

const sizes = 'a character is one, a{100} a hundred, (?:ab){100} two hundred, \\pL forty';
const fileProblem = `the regular expressions of the file are too large: with this one they have more than ${stepsOfFile} steps (${sizes}, a rule fifteen more), and it and those behind it are not read; shorten repeats, or write rules as globs`;

function ruleProblem(steps: number): string {
  return `match is too large: ${steps} steps, of ${stepsOfRule} at most (${sizes}); shorten its repeats, or make several rules of it`;
}

function groupsProblem(groups: number): string {
  return `match has ${groups} groups, of ${groupsOfRule} at most; those that nothing refers to are better written (?:…)`;
}

function compile(match: string): ReadRegex {
  try {
    const regex = RE2JS.compile(match);
    // For expressions that begin with ^ the library makes a second program, which takes twice the memory of the first
    // and is half as fast as its automaton.
    (regex.re2() as { onepass: unknown }).onepass = null;
    return { ok: true, value: regex };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const problem = error.message.replace(/^error parsing regexp: /, '');
    return { ok: false, code: 'match', problem: `match is no regular expression of RE2: ${problem}` };
  }
}

export interface RegexRule {
  readonly regex: RE2JS;
  readonly kinds: readonly EventKind[];
}

/**
 * The first rule of the list whose expression matches a part of the name, with its groups; a group without a match is
 * empty.
 */
export function findRegex(
  rules: readonly RegexRule[],
  test: RegexTest,
  kind: EventKind,
  name: string,
): { readonly at: number; readonly captures: readonly string[] } | undefined {
  for (let at = 0; at < rules.length; at++) {
    const { regex, kinds } = rules[at]!;
    // The test alone is several times as fast as a search with groups, and most rules do not match.
    if (!kinds.includes(kind) || !test(regex, name)) continue;
    const matcher = regex.matcher(name);
    if (!matcher.find()) continue;
    const captures = Array.from({ length: regex.groupCount() }, (_, i) => matcher.group(i + 1) ?? '');
    // Otherwise the library would keep room for all groups at every step for the next search: megabytes where both are
    // many.
    regex.reset();
    return { at, captures };
  }
  return undefined;
}
