/** A bounded map that drops the entry that was not used for longest. */
export interface LruCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/** @param most how many entries are kept. */
export function createLruCache<V>(most: number): LruCache<V> {
  // In the order of their last use: a Map keeps the order in which keys were set.
  const entries = new Map<string, V>();
  const put = (key: string, value: V) => {
    entries.delete(key);
    entries.set(key, value);
  };
  return {
    get(key) {
      const value = entries.get(key);
      if (value !== undefined) put(key, value);
      return value;
    },
    set(key, value) {
      put(key, value);
      if (entries.size > most) entries.delete(entries.keys().next().value!);
    },
  };
}
