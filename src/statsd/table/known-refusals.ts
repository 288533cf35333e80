import { type KnownRefusal, refusalKey } from './known-refusal.ts';

/** The most different refusals; most lines share one with many others. */
const most = 4096;

/** The refusals of known lines, by number. */
export class KnownRefusals {
  readonly #all: KnownRefusal[] = [];
  readonly #numbers = new Map<string, number>();

  /**
   * Whether there may be no room for one more: then the table has to drop all refusals and the lines that have them.
   */
  get isFull(): boolean {
    return this.#all.length >= most;
  }

  at(number: number): KnownRefusal {
    return this.#all[number]!;
  }

  /** The number of a refusal; equal refusals share it. */
  numberOf(refusal: KnownRefusal): number {
    const key = refusalKey(refusal);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#all.push(refusal) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }

  clear(): void {
    this.#all.length = 0;
    this.#numbers.clear();
  }
}
