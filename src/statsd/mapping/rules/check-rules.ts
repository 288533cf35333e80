import { quote } from '../../../flags/codec.ts';
import type { Findings } from '../findings.ts';
import type { EventKind, Rule } from '../mapping.ts';
import { type CompiledRule, type GlobRule, isGlob, isRegex, type RegexRule } from '../match/compiled-rule.ts';
import type { FindRule } from '../match/find-rule.ts';
import type { RegexTest } from '../match/regex-test.ts';

export interface RuleSearch {
  readonly findGlob: FindRule;
  readonly testRegex: RegexTest;
}

/** The number of rules in one step; other work runs between the steps. */
const rulesAStep = 256;

/** Reports the rules that no name reaches, or fewer names than their author expects; in steps. */
export function* checkRules(
  rules: readonly CompiledRule[],
  { findGlob, testRegex }: RuleSearch,
  findings: Findings,
): Generator<void, void> {
  const [globs, regexes] = [rules.filter(isGlob), rules.filter(isRegex)];
  yield* checkGlobs(globs, findGlob, findings);
  checkRegexes(regexes, findings);
  yield* checkPrecedence(globs, regexes, testRegex, findings);
}

/** No glob of a file has this segment: a glob that matches it has a star there. */
const strange = '\u0001';

/**
 * Looks up a name with a strange segment at each star of a glob. The glob that answers covers it: it has its stars
 * there too, and comes first for this name as for every other name of the glob.
 */
function* checkGlobs(globs: readonly GlobRule[], findGlob: FindRule, findings: Findings): Generator<void, void> {
  for (const [i, compiled] of globs.entries()) {
    if (i % rulesAStep === rulesAStep - 1) yield;
    const name = exampleOf(compiled, strange);
    const hidden = compiled.kinds.flatMap((kind) => {
      const by = findGlob(kind, name)?.compiled.rule;
      return by === compiled.rule ? [] : [{ kind, by }];
    });
    report(compiled, hidden, findings);
  }
}

function exampleOf({ pattern }: GlobRule, segment: string): string {
  return pattern.segments.map((one) => (one === '*' ? segment : one)).join('.');
}

interface Hidden {
  readonly kind: EventKind;
  /** Undefined: no glob matches, which happens with `--statsd.compat-glob` only. */
  readonly by: Rule | undefined;
}

function report({ rule, kinds, fields }: CompiledRule, hidden: readonly Hidden[], findings: Findings): void {
  if (hidden.length === 0) return;
  const because = [...new Set(hidden.map(({ by }) => by))].map((by) =>
    by === undefined ? 'statsd_exporter loses it' : `${quote(by.match)} in line ${by.line} matches first`,
  );
  const whole = hidden.length === kinds.length;
  const whom = whole ? 'is never reached' : `is not reached for ${hidden.map(({ kind }) => `${kind}s`).join(' and ')}`;
  const place = fields.match?.place ?? fields.place;
  findings.warning(
    place,
    whole ? 'unreachable' : 'shadowed',
    `match ${quote(rule.match)} ${whom}: ${because.join(', ')}`,
  );
}

/**
 * Expressions that match every name. Whether one expression covers another is decided for these and for equal texts
 * only.
 */
const everything: ReadonlySet<string> = new Set(
  ['.*', '.+']
    .flatMap((any) => [any, `(${any})`])
    .flatMap((any) => [any, `^${any}`, `${any}$`, `^${any}$`])
    .concat('', '.', '^', '$'),
);

function checkRegexes(regexes: readonly CompiledRule[], findings: Findings): void {
  const all = new Map<EventKind, Rule>();
  const same = new Map<string, Rule>();
  for (const compiled of regexes) {
    const { rule, kinds } = compiled;
    const hidden = kinds.flatMap((kind) => {
      const by = all.get(kind) ?? same.get(`${kind} ${rule.match}`);
      return by === undefined ? [] : [{ kind, by }];
    });
    report(compiled, hidden, findings);
    for (const kind of kinds) {
      const key = `${kind} ${rule.match}`;
      if (!same.has(key)) same.set(key, rule);
      if (everything.has(rule.match) && !all.has(kind)) all.set(kind, rule);
    }
  }
}

/**
 * The bound on the sum of characters of names times instructions that may look at them. Without it two thousand rules,
 * or a single glob of 100 KB, take seconds. Hand-written files, with two hundred rules of each kind, need half of it.
 */
const mostWork = 50_000_000;

/** https://github.com/prometheus/statsd_exporter/issues/349 */
function* checkPrecedence(
  globs: readonly GlobRule[],
  regexes: readonly RegexRule[],
  testRegex: RegexTest,
  findings: Findings,
): Generator<void, void> {
  let work = 0;
  const names = new Map(globs.map((glob) => [glob, exampleOf(glob, 'x')]));
  for (const { rule, kinds, pattern, fields } of regexes) {
    yield;
    const size = pattern.regex.programSize();
    const taker = globs.find((glob) => {
      if (glob.rule.index < rule.index || !glob.kinds.some((kind) => kinds.includes(kind))) return false;
      const name = names.get(glob)!;
      work += name.length * size;
      return work <= mostWork && testRegex(pattern.regex, name);
    });
    if (taker === undefined) continue;
    const { match, line } = taker.rule;
    const message = `globs come before regexes whatever the order: ${quote(match)} in line ${line} takes names that this one matches`;
    findings.warning(fields.match?.place ?? fields.place, 'glob_before_regex', message);
  }
}
