import type { Problems } from '../payload/payload-problem.ts';
import type { PushPlan } from '../payload/push-plan.ts';
import { isObject, notANumber, numberOf, type PushedFamily } from './monasca.ts';

/** The shape of validated families. Equal texts (a client's `_id` stands in every row) are stored once. */
export function shapeOf(families: readonly PushedFamily[]): Pick<PushPlan, 'shape' | 'rowCounts'> {
  const shape: (string | undefined)[] = [];
  const texts = new Map<string, string>();
  const once = (text: string) => {
    const first = texts.get(text);
    if (first === undefined) texts.set(text, text);
    return first ?? text;
  };
  for (const { name, type, help, aggregate, values } of families) {
    shape.push(name, type, help, aggregate);
    for (const row of values) {
      shape.push(row.name === undefined ? undefined : once(row.name));
      for (const label in row.labels) shape.push(once(label), once(row.labels[label]!));
      shape.push(undefined);
    }
  }
  return { shape, rowCounts: families.map(({ values }) => values.length) };
}

/** Whether an unvalidated payload has the shape of the plan: then all but its values is valid. */
export function matches(
  { shape, rowCounts }: PushPlan,
  payload: readonly unknown[],
): payload is readonly PushedFamily[] {
  if (payload.length !== rowCounts.length) return false;
  let at = 0;
  for (let i = 0; i < payload.length; i++) {
    const family = payload[i];
    if (!isObject(family)) return false;
    if (family['name'] !== shape[at] || family['type'] !== shape[at + 1]) return false;
    if (family['help'] !== shape[at + 2] || family['aggregate'] !== shape[at + 3]) return false;
    const rows = family['values'];
    if (!Array.isArray(rows) || rows.length !== rowCounts[i]) return false;
    at = matchRows(shape, at + 4, rows);
    if (at === -1) return false;
  }
  return true;
}

/** @returns the index in the shape after these rows; -1: their shape is another one */
function matchRows(shape: readonly (string | undefined)[], at: number, rows: readonly unknown[]): number {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!isObject(row) || row['name'] !== shape[at++]) return -1;
    const labels = row['labels'];
    if (labels !== undefined) {
      if (!isObject(labels)) return -1;
      for (const label in labels) {
        if (shape[at++] !== label || shape[at++] !== labels[label]) return -1;
      }
    }
    if (shape[at++] !== undefined) return -1;
  }
  return at;
}

/** Writes the values of a payload of the plan's shape into its numbers; a value that is no number is a problem. */
export function fill({ slots, numbers }: PushPlan, families: readonly PushedFamily[], problems: Problems): void {
  let index = 0;
  for (let family = 0; family < families.length; family++) {
    const rows = families[family]!.values;
    for (let row = 0; row < rows.length; row++) {
      const pushed: unknown = rows[row]!.value;
      const value = typeof pushed === 'number' ? pushed : numberOf(pushed);
      const slot = slots[index++]!;
      if (value === undefined) {
        if (pushed === undefined) problems.add({ family, row }, [], 'missing_field', 'the row has no value');
        else problems.add({ family, row }, ['value'], 'bad_value', notANumber(pushed));
      } else if (slot !== -1) numbers[slot] = value;
    }
  }
}
