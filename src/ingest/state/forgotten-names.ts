/** Names of clients that were forgotten: a client that comes back under one may have been counted before. */
export interface ForgottenNames {
  add(name: string): void;
  has(name: string): boolean;
  clear(): void;
}

/** Each takes some 40 bytes. */
const mostNames = 16_384;

/** Remembers the hashes of the last names. Where two names share a hash, some counts are lost, and none is added. */
export function createForgottenNames(most = mostNames): ForgottenNames {
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
