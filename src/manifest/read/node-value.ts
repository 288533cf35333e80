import type { Json, JsonObject } from '../../json/json.ts';
import { type MapNode, mergedMaps, type Node } from './node.ts';

/**
 * The value of a node as kubectl sends it to the API server: keys in the order of the text; merge keys take effect
 * where they stand, and later keys overrule them (go-yaml v2; in other readers the map's own keys win). All aliases of
 * an anchor share one value, so nobody may change it.
 */
export function jsonOf(node: Node, anchored = new Map<Node, Json>()): Json {
  if (node.type === 'scalar') return node.value;
  if (node.type === 'alias') return jsonOf(node.target, anchored);
  const before = anchored.get(node);
  if (before !== undefined) return before;
  const value =
    node.type === 'list' ? node.items.map((item) => jsonOf(item.value, anchored)) : objectOf(node, anchored);
  if (node.anchor !== undefined) anchored.set(node, value);
  return value;
}

function objectOf(map: MapNode, anchored: Map<Node, Json>): Json {
  const object: Record<string, Json> = {};
  for (const entry of map.entries) {
    if (!entry.merge) put(object, entry.key, jsonOf(entry.value, anchored));
    else for (const merged of mergedMaps(entry)) putAll(object, jsonOf(merged, anchored));
  }
  return object;
}

function putAll(object: Record<string, Json>, merged: Json): void {
  for (const [key, value] of Object.entries(merged as JsonObject)) put(object, key, value);
}

/** Sets a key. A plain assignment of `__proto__` would set the prototype. */
function put(object: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
}
