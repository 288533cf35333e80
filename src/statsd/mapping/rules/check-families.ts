import type { Findings } from '../findings.ts';
import type { CompiledRule } from '../match/compiled-rule.ts';
import { saysObserver } from './observer-settings.ts';

/** The first rules of a family that say its type, its options and its help. */
interface Family {
  kind?: CompiledRule;
  observer?: CompiledRule;
  help?: CompiledRule;
}

/** Reports rules of one family that disagree about its type, its help or its observer options. */
export function checkFamilies(rules: readonly CompiledRule[], findings: Findings): void {
  const families = new Map<string, Family>();
  for (const compiled of rules) {
    const [name] = compiled.name;
    if (compiled.rule.action === 'drop' || compiled.name.length !== 1 || typeof name !== 'string') continue;
    const family = families.get(name) ?? {};
    const place = compiled.fields.name?.place ?? compiled.fields.place;
    for (const [code, message] of disagreements(compiled, family)) findings.warning(place, code, `${name} ${message}`);
    families.set(name, {
      ...(compiled.fields.kind === undefined ? {} : { kind: compiled }),
      ...(observes(compiled) ? { observer: compiled } : {}),
      ...(compiled.rule.help === undefined ? {} : { help: compiled }),
      ...family,
    });
  }
}

function disagreements(
  compiled: CompiledRule,
  { kind, observer, help }: Family,
): readonly (readonly [code: string, message: string])[] {
  const conflicts: (readonly [string, string])[] = [];
  const { rule, fields } = compiled;
  if (kind !== undefined && fields.kind !== undefined && fields.kind.value !== kind.fields.kind?.value) {
    const other = `for ${kind.fields.kind?.value}s in line ${kind.rule.line}`;
    conflicts.push(['type_conflict', `is for ${fields.kind.value}s here and ${other}: the second to come is refused`]);
  }
  if (observer !== undefined && observes(compiled) && !equal(rule.observer, observer.rule.observer)) {
    const other = `in line ${observer.rule.line}`;
    conflicts.push(['options_conflict', `has other observer options ${other}: the second to come is refused`]);
  }
  if (help !== undefined && rule.help !== undefined && rule.help !== help.rule.help) {
    conflicts.push(['help_conflict', `has another help text in line ${help.rule.line}: the first to come stays`]);
  }
  return conflicts;
}

function observes({ kinds, fields }: CompiledRule): boolean {
  return kinds.includes('observer') && saysObserver(fields.observer);
}

function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
