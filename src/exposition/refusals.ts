import type { Refusal } from './family.ts';
import type { RefusedName } from './metric-store.ts';

/** Names kept apart; beyond them the least refused one makes room (space-saving), so that memory has a bound. */
const NAMES = 256;
const NAME_CHARACTERS = 120;

/** Counts what was refused: exactly by reason, approximately by name. */
export class Refusals {
  readonly byReason = new Map<Refusal, number>();
  readonly #byName = new Map<string, { name: string; reason: Refusal; count: number }>();

  count(name: string, reason: Refusal): void {
    this.byReason.set(reason, (this.byReason.get(reason) ?? 0) + 1);
    const short = name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS)}…` : name;
    const key = `${reason} ${short}`;
    const known = this.#byName.get(key);
    if (known !== undefined) {
      known.count++;
      return;
    }
    const inherited = this.#byName.size < NAMES ? 0 : this.#evict();
    this.#byName.set(key, { name: short, reason, count: inherited + 1 });
  }

  /** The names refused most, most first. */
  top(n: number): readonly RefusedName[] {
    return [...this.#byName.values()]
      .sort((a, b) => b.count - a.count)
      .slice(0, n)
      .map((entry) => ({ ...entry }));
  }

  #evict(): number {
    let least = Number.POSITIVE_INFINITY;
    let leastKey = '';
    for (const [key, { count }] of this.#byName) {
      if (count < least) {
        least = count;
        leastKey = key;
      }
      if (least === 1) break;
    }
    this.#byName.delete(leastKey);
    return least;
  }
}
