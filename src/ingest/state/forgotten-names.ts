/** Names of clients that were forgotten: whoever comes back under one may have been counted before. */
export interface Forgotten {
  add(name: string): void;
  has(name: string): boolean;
  clear(): void;
}

/** Some 40 bytes each. */
const mostNames = 16_384;

/** Remembers the hashes of the last names; two names of one hash cost some counts, never too many. */
export function createForgotten(most = mostNames): Forgotten {
  const hashes = new Set<number>();
  return {
    add(name) {
      const hash = hashOf(name);
      hashes.delete(hash);
      hashes.add(hash);
      if (hashes.size > most) hashes.delete(hashes.values().next().value!);
    },
    has: (name) => hashes.has(hashOf(name)),
    clear: () => hashes.clear(),
  };
}

/** 53 bits of a name (cyrb53). */
function hashOf(name: string): number {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return 4294967296 * (2097151 & high) + (low >>> 0);
}
