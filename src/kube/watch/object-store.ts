import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../kube.ts';

/** What is kept of the objects of a watch, by their key. */
export interface ObjectStore<T> {
  /** The same map until something in it changes; what was given out never changes. */
  readonly items: () => ReadonlyMap<string, T>;
  /** These three tell whether something changed: an object whose kept part is equal did not. */
  readonly put: (key: string, value: T) => boolean;
  readonly remove: (key: string) => boolean;
  readonly replace: (all: ReadonlyMap<string, T>) => boolean;
}

/** `namespace/name`, or `name` for what has no namespace. */
export function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function createObjectStore<T>(): ObjectStore<T> {
  let items = new Map<string, T>();
  // Copied at the first change after it was read, not at each: a burst of events costs one copy.
  let given = false;

  const own = (): Map<string, T> => {
    if (given) items = new Map(items);
    given = false;
    return items;
  };

  return {
    items: () => {
      given = true;
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
      given = false;
      return true;
    },
  };
}
