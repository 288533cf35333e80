import type { RE2JS } from 're2js';
import type { RuleFields } from '../fields/rule-fields.ts';
import type { EventKind, Rule } from '../mapping.ts';
import type { Template } from './template.ts';

/** The pattern of a rule. */
export type Pattern =
  | { readonly type: 'glob'; readonly segments: readonly string[] }
  | { readonly type: 'regex'; readonly regex: RE2JS };

/** A rule that passed every check, ready to match and to render. */
export interface CompiledRule {
  readonly rule: Rule;
  /** The fields of the file, until all checks are done. */
  fields: RuleFields;
  readonly kinds: readonly EventKind[];
  readonly pattern: Pattern;
  readonly name: Template;
  readonly labels: readonly (readonly [name: string, value: Template])[];
}

export type GlobRule = CompiledRule & { readonly pattern: { readonly type: 'glob' } };
export type RegexRule = CompiledRule & { readonly pattern: { readonly type: 'regex' } };

export function isGlob(rule: CompiledRule): rule is GlobRule {
  return rule.pattern.type === 'glob';
}

export function isRegex(rule: CompiledRule): rule is RegexRule {
  return rule.pattern.type === 'regex';
}
