import { RE2JS, RE2JSException } from 're2js';
import type { EventKind } from './mapping.ts';

export type ReadRegex =
  | { readonly ok: true; readonly regex: RE2JS }
  /** What is wrong with it. */
  | { readonly ok: false; readonly problem: string };

/** A regular expression of RE2's syntax, as Go's `regexp.Compile` takes it. Matching takes time linear in the name. */
export function readRegex(match: string): ReadRegex {
  try {
    return { ok: true, regex: RE2JS.compile(match) };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return { ok: false, problem: error.message.replace(/^error parsing regexp: /, '') };
  }
}

export interface RegexRule {
  readonly regex: RE2JS;
  readonly kinds: readonly EventKind[];
}

/** The first rule of the list that finds itself somewhere in the name, and its groups; one that took no part is ''. */
export function findRegex(
  rules: readonly RegexRule[],
  kind: EventKind,
  name: string,
): { readonly at: number; readonly captures: readonly string[] } | undefined {
  for (let at = 0; at < rules.length; at++) {
    const { regex, kinds } = rules[at]!;
    // The test alone is several times as fast as a search that keeps groups, and most rules do not match.
    if (!kinds.includes(kind) || !regex.test(name)) continue;
    const matcher = regex.matcher(name);
    if (!matcher.find()) continue;
    return { at, captures: Array.from({ length: regex.groupCount() }, (_, i) => matcher.group(i + 1) ?? '') };
  }
  return undefined;
}
