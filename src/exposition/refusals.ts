import type { Refusal } from './family.ts';
import { Frequent } from './frequent.ts';
import type { RefusedName } from './metric-store.ts';

/** Names kept apart. */
const NAMES = 256;
const NAME_CHARACTERS = 120;

/** Counts what was refused: exactly by reason, approximately by name. */
export class Refusals {
  readonly byReason = new Map<Refusal, number>();
  readonly #byName = new Frequent<{ readonly name: string; readonly reason: Refusal }>(NAMES);

  count(name: string, reason: Refusal): void {
    this.byReason.set(reason, (this.byReason.get(reason) ?? 0) + 1);
    const short = name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS)}…` : name;
    this.#byName.count(`${reason} ${short}`, 1, () => ({ name: short, reason }));
  }

  /** The names refused most, most first. */
  top(n: number): readonly RefusedName[] {
    return this.#byName.top(n).map(({ value, count, atMost }) => ({ ...value, count, atMost }));
  }
}
