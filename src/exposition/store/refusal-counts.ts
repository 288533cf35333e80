import type { Refusal } from '../metric/family.ts';
import type { RefusedName } from '../metric/metric-store.ts';
import { FrequentItems } from './frequent-items.ts';

/** How many names are counted apart. */
const names = 256;
const nameCharacters = 120;

/** Counts refusals: exactly by reason, approximately by name. */
export class Refusals {
  readonly byReason = new Map<Refusal, number>();
  total = 0;
  readonly #byName = new FrequentItems<{ readonly name: string; readonly reason: Refusal }>(names);

  count(name: string, reason: Refusal): void {
    this.countReason(reason);
    this.countName(name, reason, 1);
  }

  countReason(reason: Refusal): void {
    this.total++;
    this.byReason.set(reason, (this.byReason.get(reason) ?? 0) + 1);
  }

  countName(name: string, reason: Refusal, times: number): void {
    const short = name.length > nameCharacters ? `${name.slice(0, nameCharacters)}…` : name;
    this.#byName.count(`${reason} ${short}`, times, () => ({ name: short, reason }));
  }

  /** See `FrequentItems.countHash`: the hash is that of `reason name`. */
  countHash(hash: number): boolean {
    return this.#byName.countHash(hash);
  }

  /** The names refused most, most first. */
  top(n: number): readonly RefusedName[] {
    return this.#byName.top(n).map(({ value, count, atMost }) => ({ ...value, count, atMost }));
  }
}
