import type { LabelKey } from './labels.ts';
import { keyLabels } from './labels.ts';

/** The distinct values of each label of a family, each with the number of its series. */
export class LabelValues {
  readonly #limit: number;
  readonly #series = new Map<string, Map<string, number>>();

  /** @param limit the most values that one label may have */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a new series. @returns the name of a label that would have too many values, and nothing was counted */
  enter(key: LabelKey): string | undefined {
    const labels = keyLabels(key);
    for (const [name, value] of labels) {
      const values = this.#series.get(name);
      if (values !== undefined && values.size >= this.#limit && !values.has(value)) return name;
    }
    for (const [name, value] of labels) {
      let values = this.#series.get(name);
      if (values === undefined) {
        values = new Map();
        this.#series.set(name, values);
      }
      values.set(value, (values.get(value) ?? 0) + 1);
    }
    return undefined;
  }

  /** Counts out a removed series: a value without a series makes room for another. */
  leave(key: LabelKey): void {
    for (const [name, value] of keyLabels(key)) {
      const values = this.#series.get(name);
      const count = (values?.get(value) ?? 0) - 1;
      if (count > 0) values?.set(value, count);
      else values?.delete(value);
      if (values?.size === 0) this.#series.delete(name);
    }
  }
}
