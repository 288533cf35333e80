import jsonpatch, { type Operation } from 'fast-json-patch';
import { quote } from '../../flags/codec.ts';
import { isObject, type Json, type JsonObject, objectsOf, textOf } from '../../json/json.ts';
import type { Result } from '../../result/result.ts';

/** A patch whose copies double what they copy would be a bomb; no container needs as much as this. */
const largest = 64 * 1024;
const mostOperations = 100;
const verbs: ReadonlySet<unknown> = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/**
 * Applies a user's JSON Patch (RFC 6902) to a container of ours. Refused, with the number of the operation: what cannot
 * be applied; a result that is no container of the same name, or that would not run beside the application any more.
 */
export function patchContainer(
  container: JsonObject,
  operations: readonly object[],
  volumes: ReadonlySet<string>,
): Result<JsonObject> {
  if (operations.length > mostOperations) return { ok: false, problem: `more than ${mostOperations} operations` };
  let document = structuredClone(container) as Json;
  for (const [i, operation] of operations.entries()) {
    const at = `operation ${i}`;
    const { op } = operation as { readonly op?: unknown };
    if (!verbs.has(op))
      return { ok: false, problem: `${at}: op ${quote(String(op))} is none of ${[...verbs].join(', ')}` };
    try {
      document = jsonpatch.applyOperation(document, operation as Operation, true, true, true, i).newDocument;
    } catch (error) {
      // The library's errors are the user's; so is a path through something that is no container, a TypeError inside
      // it.
      return { ok: false, problem: `${at}: ${firstLine(error)}` };
    }
    const size = document === undefined ? 0 : JSON.stringify(document).length;
    if (size > largest) return { ok: false, problem: `${at}: the container is larger than ${largest} characters` };
    if (!isObject(document)) return { ok: false, problem: `${at}: the container is no object any more` };
  }
  const problem = changed(container, document as JsonObject, volumes);
  return problem === undefined ? { ok: true, value: document as JsonObject } : { ok: false, problem };
}

function changed(before: JsonObject, after: JsonObject, volumes: ReadonlySet<string>): string | undefined {
  if (after.name !== before.name) return 'the name cannot be changed';
  // Without it a native sidecar would be an init container that never ends.
  if (after.restartPolicy !== before.restartPolicy) return 'restartPolicy cannot be changed; see the annotation native';
  const missing = objectsOf(after.volumeMounts).find(({ name }) => !volumes.has(textOf(name) ?? ''));
  return missing === undefined ? undefined : `the pod has no volume ${quote(textOf(missing.name) ?? '')}`;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.slice(0, 160);
}
