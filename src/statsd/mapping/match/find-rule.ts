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
  /** The first that matches, not the most specific. */
  readonly ordered: boolean;
  /** As statsd_exporter finds them. */
  readonly compat: boolean;
}

/** Finds the rule among the globs. */
export function globFinder(rules: readonly CompiledRule[], { ordered, compat }: GlobOptions): FindRule {
  const globs = rules.filter(isGlob);
  if (globs.length === 0) return () => undefined;
  const patterns = globs.map(({ kinds, pattern: { segments } }) => ({ kinds, segments }));
  const match = (compat ? compatGlobMatcher : globMatcher)(patterns, ordered);
  return (kind, name) => {
    const found = match(kind, name.split('.'));
    return found && { compiled: globs[found.at]!, captures: found.captures };
  };
}

/** Finds the rule among the regular expressions: the first of the file that matches. */
export function regexFinder(rules: readonly CompiledRule[], test: RegexTest): FindRule {
  const regexes = rules.filter(isRegex);
  const patterns = regexes.map(({ kinds, pattern: { regex } }) => ({ kinds, regex }));
  return (kind, name) => {
    const found = findRegex(patterns, test, kind, name);
    return found && { compiled: regexes[found.at]!, captures: found.captures };
  };
}

/** A glob if one matches, whatever regexes stand before it, else a regex: that order is statsd_exporter's. */
export function finder(findGlob: FindRule, findRegex: FindRule): Mapping['find'] {
  return (kind, name) => {
    const found = findGlob(kind, name) ?? findRegex(kind, name);
    if (found === undefined) return undefined;
    const { compiled, captures } = found;
    return {
      rule: compiled.rule,
      name: render(compiled.name, name, captures),
      labels: compiled.labels.map(([label, template]) => [label, render(template, name, captures)] as const),
      captures,
    };
  };
}
