/** Two bytes each: 128 KiB at most. */
const MOST_PLACES = 65_536;

/**
 * Which lines came lately, by a part of their hash. Others in between may take the place of one; then it takes another
 * try or two. A line in many thousands is taken for one that was there before, which does no harm.
 */
export class Sightings {
  readonly #mask: number;
  #seen: Uint16Array | undefined;
  #chance = 1;

  /** @param lines that are remembered at most. */
  constructor(lines: number) {
    let places = 16;
    while (places < lines && places < MOST_PLACES) places *= 2;
    this.#mask = places - 1;
  }

  /** Whether a line with this hash came before; from now on it did, perhaps. */
  isSecond(hash: number): boolean {
    // Most programs send no such line at all.
    this.#seen ??= new Uint16Array(this.#mask + 1);
    const at = hash & this.#mask;
    const mark = (hash >>> 16) | 1;
    const before = this.#seen[at];
    if (before === mark) return true;
    this.#chance = (Math.imul(this.#chance, 1_664_525) + 1_013_904_223) | 0;
    // Two lines that share a place and take turns would push out each other for ever.
    if (before === 0 || this.#chance < 0) this.#seen[at] = mark;
    return false;
  }
}
