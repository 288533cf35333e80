import jsonPatch from 'fast-json-patch';
import { isList, isObject, type Json } from '../../src/json/json.ts';
import { type Operation, pointer } from '../../src/json/operation.ts';
import type { Random } from '../statsd/fuzz-random.ts';
import { randomValue } from './random-text.ts';

export interface Patched {
  readonly operations: readonly Operation[];
  /** Gives back what was, where only new things were added. */
  readonly inverse: readonly Operation[];
  /** By fast-json-patch. */
  readonly value: Json;
}

/** Operations that fit a value, each made for what the ones before left. */
export function randomPatch(random: Random, before: Json, { addOnly }: { readonly addOnly: boolean }): Patched {
  let value = structuredClone(before) as Json;
  const operations: Operation[] = [];
  const inverse: Operation[] = [];
  for (let i = random.below(5); i >= 0; i--) {
    const next = randomOperation(random, value, addOnly);
    if (next === undefined) continue;
    operations.push(next.operation);
    inverse.unshift(next.inverse);
    value = apply(value, [next.operation]);
  }
  return { operations, inverse, value };
}

export function apply(value: Json, operations: readonly Operation[]): Json {
  return jsonPatch.applyPatch(structuredClone(value), structuredClone(operations) as never[]).newDocument as Json;
}

function randomOperation(random: Random, root: Json, addOnly: boolean) {
  const path: (string | number)[] = [];
  let value = root;
  while (!random.chance(4)) {
    const inner = children(value).filter(([, held]) => typeof held === 'object' && held !== null);
    if (inner.length === 0) break;
    const [part, held] = random.of(inner);
    path.push(part);
    value = held;
  }
  const added = randomValue(random, 3);
  const members = children(value);
  if (!addOnly && members.length > 0 && random.chance(2)) {
    const at = pointer(...path, random.of(members)[0]);
    const operation: Operation = random.chance(2)
      ? { op: 'remove', path: at }
      : { op: 'replace', path: at, value: added };
    return { operation, inverse: operation };
  }
  if (isList(value)) {
    const index = random.below(value.length + 1);
    const part = index === value.length && random.chance(2) ? '-' : index;
    return both(pointer(...path, part), added, { op: 'remove', path: pointer(...path, index) });
  }
  if (!isObject(value)) return undefined;
  const key = random.of(['new', 'a', 'env', 'x/y', 'y', '2', 'é: ü', 'k~1', 'with space', '<<', 'null', 'name']);
  if (Object.hasOwn(value, key))
    return addOnly ? undefined : both(pointer(...path, key), added, { op: 'remove', path: '' });
  return both(pointer(...path, key), added, { op: 'remove', path: pointer(...path, key) });
}

function both(path: string, value: Json, inverse: Operation) {
  return { operation: { op: 'add', path, value } as const, inverse };
}

function children(value: Json): [string | number, Json][] {
  if (isList(value)) return value.map((held, i) => [i, held]);
  return isObject(value) ? Object.entries(value) : [];
}
