import { isList, isObject, type Json } from './json.ts';
import type { Operation } from './operation.ts';

/** A copy of a value that may be changed. */
export type MutableJson = null | boolean | number | string | MutableJson[] | { [key: string]: MutableJson };

export function copyOf(value: Json): MutableJson {
  if (isList(value)) return value.map(copyOf);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, copyOf(held)]));
  return value;
}

export function hasOwn(value: Json, key: string): boolean {
  return isObject(value) && Object.hasOwn(value, key);
}

/** Applies an operation below a value in place; false where its path leads nowhere. */
export function changeJson(value: MutableJson, parts: readonly string[], operation: Operation): boolean {
  const [part, ...rest] = parts;
  if (part === undefined || typeof value !== 'object' || value === null) return false;
  const index = /^(?:0|[1-9]\d*)$/.test(part) ? Number(part) : Number.NaN;
  if (rest.length > 0) {
    const held = Array.isArray(value) ? value[index] : Object.hasOwn(value, part) ? value[part] : undefined;
    return held !== undefined && changeJson(held, rest, operation);
  }
  return Array.isArray(value)
    ? changeList(value, part === '-' ? value.length : index, operation)
    : changeMap(value, part, operation);
}

function changeList(list: MutableJson[], index: number, operation: Operation): boolean {
  if (!(index < list.length || (index === list.length && operation.op === 'add'))) return false;
  if (operation.op === 'remove') list.splice(index, 1);
  else list.splice(index, operation.op === 'add' ? 0 : 1, copyOf(operation.value));
  return true;
}

function changeMap(map: { [key: string]: MutableJson }, key: string, operation: Operation): boolean {
  if (operation.op !== 'add' && !Object.hasOwn(map, key)) return false;
  if (operation.op === 'remove') delete map[key];
  else
    Object.defineProperty(map, key, {
      value: copyOf(operation.value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  return true;
}
