import { copyOf } from '../../json/change-json.ts';
import { childrenOf, type Entry, type Item, isEntry, type Node, targetOf } from '../read/node.ts';
import { jsonOf } from '../read/node-value.ts';
import { type Draft, type DraftEntry, type DraftItem, type DraftSlot, open } from './document-draft.ts';

/**
 * Writes out the aliases of anchored nodes that were changed or removed, so that they keep their values.
 *
 * @returns the anchored nodes that no alias refers to any more
 */
export function settleAliases(root: DraftSlot, original: Node): ReadonlySet<Node> {
  const staleAnchors = new Set<Node>();
  if (collect(root.draft, original, staleAnchors) && staleAnchors.size > 0) writeOutAliases(root, staleAnchors);
  return staleAnchors;
}

/**
 * Adds the anchored nodes that were removed or changed to a set.
 *
 * @returns whether the draft differs from the original
 */
function collect(draft: Draft, original: Node, staleAnchors: Set<Node>): boolean {
  if (draft.type === 'source') return false;
  if (draft.type === 'value') {
    collectAnchors(original, staleAnchors);
    return true;
  }
  const children: readonly (DraftEntry | DraftItem)[] = draft.type === 'map' ? draft.entries : draft.items;
  const remaining = new Set(children.map(sourceOf));
  let differs = false;
  for (const source of childrenOf(draft.node)) {
    if (remaining.has(source)) continue;
    differs = true;
    collectAnchors(source.value, staleAnchors);
    if (isEntry(source)) collectAnchors(source.keyNode, staleAnchors);
  }
  for (const child of children) {
    const source = sourceOf(child);
    if (source === undefined || collect(child.draft, source.value, staleAnchors)) differs = true;
  }
  if (differs && draft.node.anchor !== undefined) staleAnchors.add(draft.node);
  return differs;
}

function sourceOf(child: DraftEntry | DraftItem): Entry | Item | undefined {
  return 'key' in child ? child.entry : child.item;
}

function collectAnchors(node: Node, staleAnchors: Set<Node>): void {
  if (node.type === 'alias') return;
  if (node.anchor !== undefined) staleAnchors.add(node);
  if (node.type === 'scalar') return;
  for (const child of childrenOf(node)) {
    collectAnchors(child.value, staleAnchors);
    if (isEntry(child)) collectAnchors(child.keyNode, staleAnchors);
  }
}

function writeOutAliases(slot: DraftSlot, staleAnchors: ReadonlySet<Node>): void {
  const { draft } = slot;
  if (draft.type === 'value') return;
  if (draft.type === 'source') {
    if (!refersTo(draft.node, staleAnchors)) return;
    if (draft.node.type === 'alias') slot.draft = { type: 'value', value: copyOf(jsonOf(draft.node)) };
    else open(slot);
  }
  if (slot.draft.type === 'map') for (const entry of slot.draft.entries) writeOutAliases(entry, staleAnchors);
  else if (slot.draft.type === 'list') for (const item of slot.draft.items) writeOutAliases(item, staleAnchors);
}

/** Whether a node contains an alias of one of the nodes. */
function refersTo(node: Node, staleAnchors: ReadonlySet<Node>): boolean {
  if (node.type === 'alias') return staleAnchors.has(targetOf(node));
  if (node.type === 'scalar') return false;
  return childrenOf(node).some(
    (child) => refersTo(child.value, staleAnchors) || (isEntry(child) && refersTo(child.keyNode, staleAnchors)),
  );
}
