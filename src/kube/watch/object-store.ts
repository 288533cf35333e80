import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../kube.ts';

/** The kept parts of the objects of a watch, by key. */
export interface ObjectStore<T> {
  /** The same map until something in it changes; a map that was returned never changes. */
  readonly items: () => ReadonlyMap<string, T>;
  /** These three return whether something changed; an equal value is no change. */
  readonly put: (key: string, value: T) => boolean;
  readonly remove: (key: string) => boolean;
  readonly replace: (all: ReadonlyMap<string, T>) => boolean;
}

/** `namespace/name`, or `name` of an object without a namespace. */
export function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function createObjectStore<T>(): ObjectStore<T> {
  let items = new Map<string, T>();
  // The map is copied at the first change after it was returned, not at each: a burst of events costs one copy.
  let isShared = false;

  const own = (): Map<string, T> => {
    if (isShared) items = new Map(items);
    isShared = false;
    return items;
  };

  return {
    items: () => {
      isShared = true;
      return items;
    },
    put: (key, value) => {
      if (items.has(key) && isDeepStrictEqual(items.get(key), value)) return false;
      own().set(key, value);
      return true;
    },
    remove: (key) => items.has(key) && own().delete(key),
    replace: (all) => {
      const same = (key: string, value: T) => items.has(key) && isDeepStrictEqual(items.get(key), value);
      const next = new Map([...all].map(([key, value]) => [key, same(key, value) ? items.get(key)! : value]));
      if (next.size === items.size && [...next].every(([key, value]) => items.has(key) && items.get(key) === value)) {
        return false;
      }
      items = next;
      isShared = false;
      return true;
    },
  };
}
