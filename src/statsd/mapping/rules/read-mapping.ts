import { fileFields } from '../fields/file-fields.ts';
import type { DefaultFields, RuleFields } from '../fields/rule-fields.ts';
import { Findings, type Located } from '../findings.ts';
import type { Finding, Mapping, ObserverSettings, Rule } from '../mapping.ts';
import type { CompiledRule } from '../match/compiled-rule.ts';
import { finder, globFinder, regexFinder } from '../match/find-rule.ts';
import { regexReader } from '../match/regex.ts';
import { regexTest } from '../match/regex-test.ts';
import { checkFamilies } from './check-families.ts';
import { checkRule } from './check-rule.ts';
import { checkRules } from './check-rules.ts';
import {
  checkObserver,
  defaultFallback,
  nativeOfFiles,
  type ObserverFallback,
  observerSettings,
  saysObserver,
} from './observer-settings.ts';

export interface MappingOptions {
  /** Unknown keys and repeated keys are errors. */
  readonly strict: boolean;
  /** Match globs, and read their references, as statsd_exporter does, with its faults. */
  readonly compatGlob: boolean;
  /** The options of observers in the flags; absent: their defaults. */
  readonly observer?: ObserverFallback;
}

export type ReadMapping =
  | { readonly ok: true; readonly mapping: Mapping; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Reads a mapping file of statsd_exporter: YAML, with the keys of version 0.30.0, of its main branch, and of old
 * versions. All problems are reported at once; as in statsd_exporter, one error refuses the file.
 *
 * @see https://github.com/prometheus/statsd_exporter#metric-mapping-and-configuration
 */
export function readMapping(text: string, options: MappingOptions): ReadMapping {
  const steps = mappingSteps(text, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

const noFields: RuleFields = { place: { line: 1, column: 1 }, invalidKeys: new Set(), labels: [], observer: {} };

/** The number of rules in one step; other work runs between the steps. */
const rulesAStep = 64;

/** The same in steps of some milliseconds each. */
export function* mappingSteps(text: string, options: MappingOptions): Generator<void, ReadMapping> {
  const findings = new Findings();
  const { strict, compatGlob, observer: flags = defaultFallback } = options;
  const fallback = { ...flags, native: nativeOfFiles };
  const { defaults, rules: fields } = yield* fileFields(text, findings, strict);
  const general = observerSettings(defaults.observer, {}, fallback);
  const compiled: CompiledRule[] = [];
  const ruleOptions = { compat: compatGlob, readRegex: regexReader() };
  for (const [index, one] of fields.entries()) {
    checkObserver(one.observer, defaults.observer, findings);
    const own = saysObserver(one.observer) ? observerSettings(one.observer, defaults.observer, fallback) : general;
    const rule = ruleOf(index, one, defaults, own);
    const result = checkRule(one, rule, findings, ruleOptions);
    if (result !== undefined) compiled.push(result);
    if (index % rulesAStep === rulesAStep - 1) yield;
  }
  const findGlob = globFinder(compiled, { ordered: defaults.globDisableOrdering !== true, compat: compatGlob });
  const test = regexTest();
  yield;
  yield* checkRules(compiled, { findGlob, testRegex: test }, findings);
  checkFamilies(compiled, findings);
  yield;
  // The fields with their places serve findings only, and take half of the memory of the rules. A new mapping lies in
  // memory beside the one before.
  for (const one of compiled) one.fields = noFields;
  if (findings.hasErrors) return { ok: false, findings: findings.all() };
  const mapping: Mapping = {
    rules: compiled.map(({ rule }) => rule),
    defaults: {
      ttl: ttlOf(defaults.ttl),
      observer: saysObserver(defaults.observer) ? general : undefined,
    },
    find: finder(findGlob, regexFinder(compiled, test)),
  };
  return { ok: true, mapping, findings: findings.all() };
}

function ruleOf(index: number, fields: RuleFields, defaults: DefaultFields, observer: ObserverSettings): Rule {
  return {
    index,
    line: fields.place.line,
    match: fields.match?.value ?? '',
    matchType: fields.matchType ?? defaults.matchType ?? 'glob',
    name: fields.name?.value ?? '',
    action: fields.action ?? 'map',
    help: fields.help?.value || undefined,
    honorLabels: fields.honorLabels ?? false,
    scale: fields.scale?.value,
    ttl: ttlOf(fields.ttl) || Math.max(0, defaults.ttl?.value ?? 0),
    observer,
  };
}

/** A negative ttl means "expire at once", as in statsd_exporter; it becomes the shortest one, 1 ns. */
function ttlOf(ttl: Located<number> | undefined): number {
  return ttl === undefined || ttl.value >= 0 ? (ttl?.value ?? 0) : shortest;
}

/** A nanosecond, in milliseconds. */
const shortest = 1e-6;
