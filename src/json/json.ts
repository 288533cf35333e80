/** A value that `JSON.parse` gives; never written to. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** The value as an object; anything else is taken for absent, as the API server takes null. */
export function objectOf(value: Json | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** The value as a list; anything else is taken for absent. */
export function listOf(value: Json | undefined): readonly Json[] | undefined {
  return isList(value) ? value : undefined;
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The objects of a list: containers, volumes, ports, environment variables. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  const list = listOf(value) ?? [];
  // Lists of the API server hold nothing else; a copy of thousands of variables is spared.
  return list.every(isObject) ? (list as readonly JsonObject[]) : list.filter(isObject);
}

/** A map of texts: annotations, labels. Values that are no text are left out. */
export function textsOf(value: Json | undefined): ReadonlyMap<string, string> {
  const entries = Object.entries(objectOf(value) ?? {});
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The texts of a list; items of other types are left out. */
export function textListOf(value: Json | undefined): readonly string[] {
  return (listOf(value) ?? []).filter((item) => typeof item === 'string');
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
