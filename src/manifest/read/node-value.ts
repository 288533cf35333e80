import type { Json, JsonObject } from '../../json/json.ts';
import { type MapNode, mergedMaps, type Node } from './node.ts';

/**
 * The value as kubectl sends it to the API server: keys in the order of the text, merge keys take effect where they
 * stand and are overruled by what follows (go-yaml v2; others let the map's own keys win). What an alias names is one
 * value in all its places, so it must not be written to.
 */
export function jsonOf(node: Node, known = new Map<Node, Json>()): Json {
  if (node.type === 'scalar') return node.value;
  if (node.type === 'alias') return jsonOf(node.target, known);
  const before = known.get(node);
  if (before !== undefined) return before;
  const value = node.type === 'list' ? node.items.map((item) => jsonOf(item.value, known)) : objectOf(node, known);
  if (node.anchor !== undefined) known.set(node, value);
  return value;
}

function objectOf(map: MapNode, known: Map<Node, Json>): Json {
  const object: Record<string, Json> = {};
  for (const entry of map.entries) {
    if (!entry.merge) put(object, entry.key, jsonOf(entry.value, known));
    else for (const merged of mergedMaps(entry)) putAll(object, jsonOf(merged, known));
  }
  return object;
}

function putAll(object: Record<string, Json>, merged: Json): void {
  for (const [key, value] of Object.entries(merged as JsonObject)) put(object, key, value);
}

/** A plain assignment would set the prototype. */
function put(object: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
}
