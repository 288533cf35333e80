/** Two bytes each: 128 KiB at most. */
const mostCells = 65_536;

/**
 * The lines that came lately, by a part of their hash. Other lines may overwrite a mark; then the line needs another
 * try or two. One line in many thousands passes as a repetition by chance, which does no harm.
 */
export class Sightings {
  readonly #mask: number;
  #marks: Uint16Array | undefined;
  #chance = 1;

  /** @param lines the most lines to remember. */
  constructor(lines: number) {
    let cells = 16;
    while (cells < lines && cells < mostCells) cells *= 2;
    this.#mask = cells - 1;
  }

  /** Whether a line with this hash came before. Marks the hash, most of the time. */
  isSecond(hash: number): boolean {
    // Allocated late: most programs send no such line.
    this.#marks ??= new Uint16Array(this.#mask + 1);
    const at = hash & this.#mask;
    const mark = (hash >>> 16) | 1;
    const before = this.#marks[at];
    if (before === mark) return true;
    this.#chance = (Math.imul(this.#chance, 1_664_525) + 1_013_904_223) | 0;
    // Two lines of one cell that alternate would always overwrite each other.
    if (before === 0 || this.#chance < 0) this.#marks[at] = mark;
    return false;
  }
}
