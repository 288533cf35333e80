import fastJsonPatch from 'fast-json-patch';
import { type KubeObject, patchType } from '../../src/kube/kube.ts';

type Json = Record<string, unknown>;

export type Patched = { readonly object: KubeObject } | { readonly status: number; readonly message: string };

/** What a PATCH of that content type makes of an object; `object` is undefined where there is none (apply makes it). */
export function patched(object: KubeObject | undefined, contentType: string, patch: unknown): Patched {
  if (contentType === patchType.apply) return { object: applied(object ?? {}, patch, true) as unknown as KubeObject };
  if (object === undefined) return { status: 404, message: 'not found' };
  if (contentType === patchType.merge) return { object: applied(object, patch, false) as unknown as KubeObject };
  if (contentType !== patchType.json) return { status: 415, message: `unsupported patch: ${contentType}` };
  try {
    const { newDocument } = fastJsonPatch.applyPatch(structuredClone(object), patch as never, true);
    return { object: newDocument };
  } catch (error) {
    return { status: 422, message: `the server rejected our request due to an error in our request: ${error}` };
  }
}

/**
 * RFC 7386, and for server-side apply lists of objects merged by `name`. (The real one knows the key of each list from
 * the schema, takes away what the manager no longer says, and finds conflicts between managers.)
 */
function applied(target: unknown, patch: unknown, byName: boolean): Json {
  const result: Json = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch as Json)) {
    if (value === null) delete result[key];
    else if (isObject(value)) result[key] = applied(result[key], value, byName);
    else result[key] = byName && isNamed(value) ? mergedByName(result[key], value) : value;
  }
  return result;
}

function mergedByName(target: unknown, patch: readonly Json[]): Json[] {
  const result = isNamed(target) ? [...target] : [];
  for (const entry of patch) {
    const at = result.findIndex(({ name }) => name === entry['name']);
    if (at < 0) result.push(entry);
    else result[at] = applied(result[at], entry, true);
  }
  return result;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNamed(value: unknown): value is Json[] {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => isObject(entry) && 'name' in entry);
}
