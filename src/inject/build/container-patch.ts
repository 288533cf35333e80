import jsonpatch, { type Operation } from 'fast-json-patch';
import { quote } from '../../flags/codec.ts';
import { isObject, type Json, type JsonObject } from '../../json/json.ts';
import type { Result, Validated } from '../../result/result.ts';
import { containerProblems } from '../container/judge-container.ts';
import type { Place } from '../container/place.ts';

/** A patch whose copies double what they copy would be a bomb; no container needs as much as this. */
const largest = 64 * 1024;
const mostOperations = 100;
const verbs: ReadonlySet<unknown> = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/** The container that a patch makes, or everything that is wrong with it. */
export type Patched = Validated<JsonObject>;

/**
 * Applies a user's JSON Patch (RFC 6902) to a container of ours. Refused, with the number of the operation: what cannot
 * be applied; and with the place in the container: a result that is no container of the same name, that would not run
 * beside the application any more, or for which the API server would refuse the pod.
 */
export function patchContainer(operations: readonly object[], place: Place): Patched {
  const { before } = place;
  const applied = apply(before, operations);
  if (!applied.ok) return { ok: false, problems: [applied.problem] };
  const { value } = applied;
  const problems = [...changed(before, value), ...containerProblems(value, place)];
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems };
}

function apply(container: JsonObject, operations: readonly object[]): Result<JsonObject> {
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
  return { ok: true, value: document as JsonObject };
}

function changed(before: JsonObject, after: JsonObject): readonly string[] {
  return [
    ...(after.name === before.name ? [] : ['the name cannot be changed']),
    // Without it a native sidecar would be an init container that never ends.
    ...(after.restartPolicy === before.restartPolicy
      ? []
      : ['restartPolicy cannot be changed; see the annotation native']),
  ];
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.slice(0, 160);
}
