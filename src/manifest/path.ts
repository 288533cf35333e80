import { type Position, positionOf } from '../text/line-offsets.ts';
import type { ManifestDocument } from './read/manifest.ts';
import { type Entry, mergedMaps, type Node, targetOf } from './read/node.ts';

/** The keys and indexes that lead from the document to a value. */
export type Path = readonly (string | number)[];

/** The parts of a JSON pointer (RFC 6901); undefined where it is none. */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((part) => (part.includes('~') ? part.replaceAll('~1', '/').replaceAll('~0', '~') : part));
}

/** Where a value stands, with the key that leads to it; what is behind an alias stands at its anchor. */
interface Found {
  readonly node: Node;
  readonly entry?: Entry;
  /** False where the path leads further than the document. */
  readonly whole: boolean;
}

/**
 * Where a value, or its key, stands; where the path leads further than the document, the last on the way that exists.
 *
 * @param path keys and indexes, or a JSON pointer
 * @param what `key`: the key where the value has one, else the value
 */
export function locate(document: ManifestDocument, path: Path | string, what: 'key' | 'value' = 'key'): Position {
  const parts = typeof path === 'string' ? (parsePointer(path) ?? []) : path;
  const { node, entry, whole } = find(document.root, parts);
  const wanted = entry !== undefined && (what === 'key' || !whole) ? entry.keyNode.start : node.start;
  return positionOf(document.lineStarts, wanted);
}

/** The text of a value as it is written; what is behind an alias is written at its anchor. */
export function writtenAt(document: ManifestDocument, path: Path): string {
  const { start, end } = targetOf(find(document.root, path).node);
  return document.text.slice(start, end);
}

function find(root: Node, parts: Path): Found {
  let found: Found = { node: root, whole: true };
  for (const part of parts) {
    const next = child(targetOf(found.node), String(part));
    if (next === undefined) return { ...found, whole: false };
    found = next;
  }
  return found;
}

function child(node: Node, part: string): Found | undefined {
  if (node.type === 'list') {
    const item = node.items[Number(part)];
    return item && { node: item.value, whole: true };
  }
  if (node.type !== 'map') return undefined;
  for (let at = node.entries.length - 1; at >= 0; at--) {
    const entry = node.entries[at]!;
    if (!entry.merge && entry.key === part) return { node: entry.value, entry, whole: true };
    for (const merged of entry.merge ? mergedMaps(entry).toReversed() : []) {
      const found = child(merged, part);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
