import { copyOf } from '../../json/change-json.ts';
import { childrenOf, type Entry, type Item, isEntry, type Node, targetOf } from '../read/node.ts';
import { jsonOf } from '../read/node-value.ts';
import { type Draft, type DraftEntry, type DraftItem, open, type Slot } from './document-draft.ts';

/**
 * Writes out the aliases of what was changed or removed: an anchor's other users keep the value they had.
 *
 * @returns the anchored nodes that nobody refers to any more
 */
export function settleAliases(root: Slot, original: Node): ReadonlySet<Node> {
  const disturbed = new Set<Node>();
  if (collect(root.draft, original, disturbed) && disturbed.size > 0) materialise(root, disturbed);
  return disturbed;
}

/** Adds the anchored nodes that are gone or differ; whether the draft differs from what it was. */
function collect(draft: Draft, original: Node, disturbed: Set<Node>): boolean {
  if (draft.type === 'kept') return false;
  if (draft.type === 'written') {
    gone(original, disturbed);
    return true;
  }
  const children: readonly (DraftEntry | DraftItem)[] = draft.type === 'map' ? draft.entries : draft.items;
  const left = new Set(children.map(sourceOf));
  let differs = false;
  for (const source of childrenOf(draft.node)) {
    if (left.has(source)) continue;
    differs = true;
    gone(source.value, disturbed);
    if (isEntry(source)) gone(source.keyNode, disturbed);
  }
  for (const child of children) {
    const source = sourceOf(child);
    if (source === undefined || collect(child.draft, source.value, disturbed)) differs = true;
  }
  if (differs && draft.node.anchor !== undefined) disturbed.add(draft.node);
  return differs;
}

function sourceOf(child: DraftEntry | DraftItem): Entry | Item | undefined {
  return 'key' in child ? child.entry : child.item;
}

function gone(node: Node, disturbed: Set<Node>): void {
  if (node.type === 'alias') return;
  if (node.anchor !== undefined) disturbed.add(node);
  if (node.type === 'scalar') return;
  for (const child of childrenOf(node)) {
    gone(child.value, disturbed);
    if (isEntry(child)) gone(child.keyNode, disturbed);
  }
}

function materialise(slot: Slot, disturbed: ReadonlySet<Node>): void {
  const { draft } = slot;
  if (draft.type === 'written') return;
  if (draft.type === 'kept') {
    if (!refersTo(draft.node, disturbed)) return;
    if (draft.node.type === 'alias') slot.draft = { type: 'written', value: copyOf(jsonOf(draft.node)) };
    else open(slot);
  }
  if (slot.draft.type === 'map') for (const entry of slot.draft.entries) materialise(entry, disturbed);
  else if (slot.draft.type === 'list') for (const item of slot.draft.items) materialise(item, disturbed);
}

/** Whether an alias of one of the nodes is in the text of this one. */
function refersTo(node: Node, disturbed: ReadonlySet<Node>): boolean {
  if (node.type === 'alias') return disturbed.has(targetOf(node));
  if (node.type === 'scalar') return false;
  return childrenOf(node).some(
    (child) => refersTo(child.value, disturbed) || (isEntry(child) && refersTo(child.keyNode, disturbed)),
  );
}
