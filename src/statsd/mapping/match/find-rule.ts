import type { EventKind, Mapping } from '../mapping.ts';
import { compatGlobMatcher } from './compat-glob.ts';
import { type CompiledRule, isGlob, isRegex } from './compiled-rule.ts';
import { globMatcher } from './glob.ts';
import { findRegex } from './regex.ts';
import type { RegexTest } from './regex-test.ts';
import { render } from './template.ts';

export interface CompiledMatch {
  readonly compiled: CompiledRule;
  readonly captures: readonly string[];
}

export type FindRule = (kind: EventKind, name: string) => CompiledMatch | undefined;

export interface GlobOptions {
  /** The first glob that matches wins, not the most specific one. */
  readonly ordered: boolean;
  /** Match as statsd_exporter does. */
  readonly compat: boolean;
}

/** Finds the matching rule among the globs. */
export function globFinder(rules: readonly CompiledRule[], { ordered, compat }: GlobOptions): FindRule {
  const globs = rules.filter(isGlob);
  if (globs.length === 0) return () => undefined;
  const patterns = globs.map(({ kinds, pattern: { segments } }) => ({ kinds, segments }));
  const matchGlob = (compat ? compatGlobMatcher : globMatcher)(patterns, ordered);
  return (kind, name) => {
    const match = matchGlob(kind, name.split('.'));
    return match && { compiled: globs[match.at]!, captures: match.captures };
  };
}

/** Finds the matching rule among the regular expressions: the first of the file. */
export function regexFinder(rules: readonly CompiledRule[], test: RegexTest): FindRule {
  const regexes = rules.filter(isRegex);
  const patterns = regexes.map(({ kinds, pattern: { regex } }) => ({ kinds, regex }));
  return (kind, name) => {
    const match = findRegex(patterns, test, kind, name);
    return match && { compiled: regexes[match.at]!, captures: match.captures };
  };
}

/** A glob comes before all regular expressions, wherever they stand in the file, as in statsd_exporter. */
export function finder(findGlob: FindRule, findRegex: FindRule): Mapping['find'] {
  return (kind, name) => {
    const match = findGlob(kind, name) ?? findRegex(kind, name);
    if (match === undefined) return undefined;
    const { compiled, captures } = match;
    return {
      rule: compiled.rule,
      name: render(compiled.name, name, captures),
      labels: compiled.labels.map(([label, template]) => [label, render(template, name, captures)] as const),
      captures,
    };
  };
}
