import type { KindName } from '../contract/names.ts';
import type { Kind } from './kind.ts';
import { kinds } from './kinds.ts';

const byName: ReadonlyMap<KindName, Kind> = new Map(kinds.map((kind) => [kind.name, kind]));

/** The names of the kinds, in the order of the list. */
export const kindNames: readonly KindName[] = [...byName.keys()];

export function kindNamed(word: string): Kind | undefined {
  return byName.get(word);
}

export function isKind(word: string): boolean {
  return byName.has(word);
}

/** The kind that a command line runs first: its first word, or the first kind behind shared flags. */
export function firstKind(args: readonly string[]): KindName | undefined {
  const [word = ''] = args;
  return word.startsWith('--') ? args.find(isKind) : [word].find(isKind);
}
