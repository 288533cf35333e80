/** Random choices that a seed repeats: a generator fast enough for ten million lines. */
export interface Random {
  /** A whole number below `n`. */
  below(n: number): number;
  chance(one: number): boolean;
  of<T>(list: readonly T[]): T;
}

/** @param seed 32 bits; the same seed makes the same choices (Mulberry32). */
export function seeded(seed: number): Random {
  let state = seed | 0;
  const below = (n: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  };
  return { below, chance: (one) => below(one) === 0, of: (list) => list[below(list.length)]! };
}
