import type { KubeObject } from '../../src/kube/kube.ts';

/** Whether the object is what `labelSelector` and `fieldSelector` of a query ask for. */
export function selected(object: KubeObject, query: Readonly<Record<string, string>>): boolean {
  const labels = object.metadata.labels ?? {};
  return (
    terms(query['labelSelector']).every((term) => matches(term, (key) => labels[key])) &&
    terms(query['fieldSelector']).every((term) => matches(term, (key) => fieldOf(object, key)))
  );
}

/** Splits at the commas that are not within parentheses. */
function terms(selector: string | undefined): string[] {
  return (selector ?? '').split(/,(?![^(]*\))/).filter((term) => term !== '');
}

function matches(term: string, value: (key: string) => string | undefined): boolean {
  const set = /^(\S+) (in|notin) \((.*)\)$/.exec(term);
  if (set !== null) {
    const within = set[3]!.split(',').some((wanted) => wanted.trim() === value(set[1]!));
    return (set[2] === 'in') === within;
  }
  const unequal = /^(.+?)!=(.*)$/.exec(term);
  if (unequal !== null) return value(unequal[1]!) !== unequal[2];
  const equal = /^(.+?)==?(.*)$/.exec(term);
  if (equal !== null) return value(equal[1]!) === equal[2];
  return term.startsWith('!') ? value(term.slice(1)) === undefined : value(term) !== undefined;
}

function fieldOf(object: KubeObject, path: string): string | undefined {
  const value = path
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object);
  return value === undefined ? '' : String(value);
}
