import { label, prefix } from '../contract/names.ts';
import { serviceAnnotations } from '../contract/service-annotations.ts';
import { quote } from '../flags/codec.ts';
import { meantKey } from '../inject/request/request.ts';
import type { Lock } from '../inject/request/settings.ts';
import { podAnnotations } from '../kinds/annotations.ts';
import { kindNames } from '../kinds/kind-names.ts';
import { didYouMean } from '../text/nearest.ts';

/** The keys that can be locked, of pods and Services. Without `inject` nothing would ask for a sidecar. */
const lockable: readonly string[] = [
  ...[...podAnnotations.keys()].filter((key) => key !== label.namespaceInject),
  ...Object.values(serviceAnnotations).map(({ key }) => key),
];

/** Every word that `locked` and `allowed` take: the keys, and `*` for all of a domain. */
export const lockWords: readonly string[] = [...new Set(lockable.flatMap((key) => [`${key.split('/', 1)[0]}/*`, key]))];

export const nothingLocked: Lock = { keys: new Set(), kinds: new Set() };

/** The three lists of the settings file's section `annotations`. */
export interface LockLists {
  readonly locked: readonly string[];
  /** Absent: all that are not locked. */
  readonly allowed?: readonly string[];
  /** Absent: all. */
  readonly kinds?: readonly string[];
}

/** The keys and kinds that the lists lock; `locked` wins over `allowed`. The schema has checked their words before. */
export function lockOf({ locked, allowed, kinds: allowedKinds }: LockLists): Lock {
  const inList = (list: readonly string[]) => new Set(list.flatMap(keysOf));
  const own = inList(locked);
  const free = allowed && inList(allowed);
  return {
    keys: new Set(lockable.filter((key) => own.has(key) || free?.has(key) === false)),
    kinds: new Set(kindNames.filter((kind) => allowedKinds?.includes(kind) === false)),
  };
}

/** The problem of a word of `locked` or `allowed`; undefined where the word names annotations. */
export function keyProblem(word: string): string | undefined {
  if (keysOf(word).length > 0) return undefined;
  if (word === label.namespaceInject) return `${quote(word)} is how a sidecar is asked for: lock kinds instead`;
  const setting = word.replace(/^.*\//, '');
  const kind = kindNames.find((one) => word.startsWith(one)) ?? kindNames.find((one) => didYouMean(word, [one]) !== '');
  const meant =
    setting === '*'
      ? `${kind === undefined ? '' : `${kind}.`}${prefix}/*`
      : (lockable.find((key) => key.endsWith(`/${setting}`) && key.startsWith(kind ?? '')) ?? meantKey(word, lockable));
  const hint = meant === undefined ? '' : `; did you mean ${quote(meant)}?`;
  return `${quote(word)} is no annotation, nor all of a kind (statsd.${prefix}/*)${hint}`;
}

/** The problem of a word of `kinds`; undefined where the word names a kind. */
export function kindProblem(word: string): string | undefined {
  if (kindNames.includes(word)) return undefined;
  return `${quote(word)} is not a kind (${kindNames.join(', ')})${didYouMean(word, kindNames)}`;
}

/** The keys that a word stands for: one, or with `*` all of a domain. */
function keysOf(word: string): readonly string[] {
  const domain = /^(.+\/)\*$/.exec(word)?.[1];
  return lockable.filter((key) => (domain === undefined ? key === word : key.startsWith(domain)));
}
