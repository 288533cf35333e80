import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../kube.ts';

/** The kept parts of the objects of a watch, by key. */
export interface ObjectStore<T> {
  /** The same map until something in it changes; a map that was returned never changes. */
  readonly items: () => ReadonlyMap<string, T>;
  /** The parts of a namespace's objects, sorted by name: the same list until one of them changes. */
  readonly inNamespace: (namespace: string) => readonly T[];
  /** These three return whether something changed; an equal value is no change. */
  readonly put: (key: string, value: T) => boolean;
  readonly remove: (key: string) => boolean;
  readonly replace: (all: ReadonlyMap<string, T>) => boolean;
}

/** `namespace/name`, or `name` of an object without a namespace. */
export function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

const nothing: readonly never[] = [];

export function createObjectStore<T>(): ObjectStore<T> {
  let items = new Map<string, T>();
  // The map is copied at the first change after it was returned, not at each: a burst of events costs one copy.
  let isShared = false;

  const own = (): Map<string, T> => {
    if (isShared) items = new Map(items);
    isShared = false;
    return items;
  };

  // The objects of each namespace by key, and their sorted lists as far as they were asked for.
  const namespaces = new Map<string, Map<string, T>>();
  const lists = new Map<string, readonly T[]>();
  const index = (key: string, value: T | undefined) => {
    const namespace = key.slice(0, Math.max(0, key.indexOf('/')));
    if (namespace === '') return;
    lists.delete(namespace);
    const members = namespaces.get(namespace) ?? new Map<string, T>();
    if (value === undefined) members.delete(key);
    else members.set(key, value);
    if (members.size === 0) namespaces.delete(namespace);
    else namespaces.set(namespace, members);
  };

  return {
    inNamespace: (namespace) => {
      const members = namespaces.get(namespace);
      if (members === undefined) return nothing;
      const list = lists.get(namespace) ?? [...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
      lists.set(namespace, list);
      return list;
    },
    items: () => {
      isShared = true;
      return items;
    },
    put: (key, value) => {
      if (items.has(key) && isDeepStrictEqual(items.get(key), value)) return false;
      own().set(key, value);
      index(key, value);
      return true;
    },
    remove: (key) => {
      if (!items.has(key)) return false;
      index(key, undefined);
      return own().delete(key);
    },
    replace: (all) => {
      const same = (key: string, value: T) => items.has(key) && isDeepStrictEqual(items.get(key), value);
      const next = new Map([...all].map(([key, value]) => [key, same(key, value) ? items.get(key)! : value]));
      if (next.size === items.size && [...next].every(([key, value]) => items.has(key) && items.get(key) === value)) {
        return false;
      }
      items = next;
      isShared = false;
      namespaces.clear();
      lists.clear();
      for (const [key, value] of next) index(key, value);
      return true;
    },
  };
}
