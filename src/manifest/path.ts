import { parsePointer } from '../json/operation.ts';
import { type Position, positionOf } from '../text/line-offsets.ts';
import type { ManifestDocument } from './read/manifest.ts';
import { type Entry, mergedMaps, type Node, targetOf } from './read/node.ts';

/** The keys and indexes that lead from the document to a value. */
export type Path = readonly (string | number)[];

/** A node with the entry that leads to it; the value behind an alias is the node of its anchor. */
interface LocatedNode {
  readonly node: Node;
  readonly entry?: Entry;
  /** False where the path leads further than the document. */
  readonly whole: boolean;
}

/**
 * The position of a value or of its key; of a path that leads further than the document, that of its last existing
 * part.
 *
 * @param path keys and indexes, or a JSON pointer
 * @param what `key`: the position of the key where the value has one, else that of the value
 */
export function locate(document: ManifestDocument, path: Path | string, what: 'key' | 'value' = 'key'): Position {
  const parts = typeof path === 'string' ? (parsePointer(path) ?? []) : path;
  const { node, entry, whole } = find(document.root, parts);
  const offset = entry !== undefined && (what === 'key' || !whole) ? entry.keyNode.start : node.start;
  return positionOf(document.lineStarts, offset);
}

/** The source of a value; for an alias, the source of its anchor's value. */
export function writtenAt(document: ManifestDocument, path: Path): string {
  const { start, end } = targetOf(find(document.root, path).node);
  return document.text.slice(start, end);
}

function find(root: Node, parts: Path): LocatedNode {
  let located: LocatedNode = { node: root, whole: true };
  for (const part of parts) {
    const next = child(targetOf(located.node), String(part));
    if (next === undefined) return { ...located, whole: false };
    located = next;
  }
  return located;
}

function child(node: Node, part: string): LocatedNode | undefined {
  if (node.type === 'list') {
    const item = node.items[Number(part)];
    return item && { node: item.value, whole: true };
  }
  if (node.type !== 'map') return undefined;
  for (let at = node.entries.length - 1; at >= 0; at--) {
    const entry = node.entries[at]!;
    if (!entry.merge && entry.key === part) return { node: entry.value, entry, whole: true };
    for (const merged of entry.merge ? mergedMaps(entry).toReversed() : []) {
      const inherited = child(merged, part);
      if (inherited !== undefined) return inherited;
    }
  }
  return undefined;
}
