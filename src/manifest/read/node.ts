/** A range of the text of a manifest: offsets in UTF-16 units, `end` is the first offset behind it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface NodeSpan extends Span {
  /** The begin of its anchor and tag; `start` where it has none. */
  readonly propsStart: number;
  readonly anchor?: string;
}

/**
 * A value in the text. `start` and `end` leave out comments and the last line break; an absent value is at the offset
 * where its text would be. The layout `pair` is a map of one entry without braces, as in `[a: 1]`.
 */
export type Node = ScalarNode | MapNode | ListNode | AliasNode;

export interface ScalarNode extends NodeSpan {
  readonly type: 'scalar';
  readonly value: null | boolean | number | string;
  readonly style: 'absent' | 'plain' | 'single' | 'double' | 'block';
}

export interface MapNode extends NodeSpan {
  readonly type: 'map';
  readonly layout: 'block' | 'flow' | 'pair';
  /** In the order of the text; of two entries with one key the later counts. */
  readonly entries: readonly Entry[];
}

export interface ListNode extends NodeSpan {
  readonly type: 'list';
  readonly layout: 'block' | 'flow';
  readonly items: readonly Item[];
}

export interface AliasNode extends NodeSpan {
  readonly type: 'alias';
  readonly target: Exclude<Node, AliasNode>;
}

export interface Entry {
  /** The begin of the key, of its anchor or of the `?` before it. */
  readonly start: number;
  readonly key: string;
  readonly keyNode: Node;
  /** The offset of the colon; absent in `{a, b}`. */
  readonly colon?: number;
  readonly value: Node;
  /** Whether the key is `<<`, whose value is merged into the map. */
  readonly merge: boolean;
}

export interface Item {
  /** The offset of the dash; in a flow list that of the value with its anchor and tag. */
  readonly start: number;
  readonly value: Node;
}

/** The maps that a merge key names, in the order in which later ones overrule earlier ones. */
export function mergedMaps(entry: Entry): readonly MapNode[] {
  const value = targetOf(entry.value);
  const maps = value.type === 'list' ? value.items.map((item) => targetOf(item.value)).reverse() : [value];
  return maps.filter((map) => map.type === 'map');
}

/** The node itself, or the anchored node of an alias. */
export function targetOf(node: Node): Exclude<Node, AliasNode> {
  return node.type === 'alias' ? node.target : node;
}

/** Whether a node is a scalar in quotes. */
export function isQuoted(node: Node): node is ScalarNode & { readonly style: 'single' | 'double' } {
  return node.type === 'scalar' && (node.style === 'single' || node.style === 'double');
}

export function isEntry(child: Entry | Item): child is Entry {
  return 'keyNode' in child;
}

export function childrenOf(node: MapNode | ListNode): readonly (Entry | Item)[] {
  return node.type === 'map' ? node.entries : node.items;
}

export function hasAlias(node: Node): boolean {
  if (node.type === 'alias') return true;
  if (node.type === 'scalar') return false;
  return childrenOf(node).some((child) => hasAlias(child.value) || (isEntry(child) && hasAlias(child.keyNode)));
}

/**
 * The part of a node that leads to one value: lists on the path have no other items. `at` is the JSON pointer of the
 * value in that part.
 */
export function onlyPart(
  node: Node,
  parts: readonly string[],
): { readonly root: Node; readonly at: string } | undefined {
  const [part, ...rest] = parts;
  if (part === undefined) return { root: node, at: '' };
  if (node.type === 'list') {
    const item = node.items[Number(part)];
    const inner = item && onlyPart(item.value, rest);
    return inner && { root: { ...node, items: [{ ...item, value: inner.root }] }, at: `/0${inner.at}` };
  }
  const entry = node.type === 'map' ? node.entries.findLast(({ key, merge }) => key === part && !merge) : undefined;
  const inner = entry && onlyPart(entry.value, rest);
  if (node.type !== 'map' || inner === undefined) return undefined;
  const entries = node.entries.map((one) => (one === entry ? { ...one, value: inner.root } : one));
  return { root: { ...node, entries }, at: `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}${inner.at}` };
}
