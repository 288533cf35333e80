import { isDeepStrictEqual } from 'node:util';
import { changeJson, copyOf, hasOwn, type MutableJson } from '../../json/change-json.ts';
import type { Json } from '../../json/json.ts';
import { type Operation, parsePointer } from '../../json/operation.ts';
import { type Entry, type Item, type ListNode, type MapNode, mergedMaps, type Node } from '../read/node.ts';
import { jsonOf } from '../read/node-value.ts';

/**
 * A value while operations are applied: `source` is a node of the text, `value` a new value, and a collection holds
 * children of both kinds. Only collections on the path of an operation are opened, so that only changes are written at
 * the end.
 */
export type Draft =
  | { readonly type: 'source'; readonly node: Node }
  | { readonly type: 'value'; readonly value: MutableJson }
  | DraftMap
  | DraftList;

export interface DraftMap {
  readonly type: 'map';
  readonly node: MapNode;
  /** The remaining entries of the node, then the new ones. */
  readonly entries: DraftEntry[];
}

export interface DraftList {
  readonly type: 'list';
  readonly node: ListNode;
  readonly items: DraftItem[];
}

/** The holder of a draft: an entry, an item or the document. */
export interface DraftSlot {
  draft: Draft;
}

export interface DraftEntry extends DraftSlot {
  readonly key: string;
  /** Absent when new. */
  readonly entry?: Entry;
}

export interface DraftItem extends DraftSlot {
  /** Absent when new. */
  readonly item?: Item;
}

/**
 * Applies one operation.
 *
 * @returns the problem of the operation, or undefined
 */
export function applyOperation(root: DraftSlot, operation: Operation): string | undefined {
  const parts = parsePointer(operation.path);
  if (parts === undefined) return `${JSON.stringify(operation.path)} is no JSON pointer`;
  const last = parts.at(-1);
  if (last === undefined) {
    root.draft = { type: 'value', value: operation.op === 'remove' ? null : copyOf(operation.value) };
    return undefined;
  }
  let slot = root;
  for (const [i, part] of parts.entries()) {
    open(slot);
    const { draft } = slot;
    if (draft.type === 'value') {
      const rest = parts.slice(i);
      return changeJson(draft.value, rest, operation) ? undefined : missing(operation);
    }
    if (i === parts.length - 1) break;
    const next =
      draft.type === 'map' ? entryAt(draft, part) : draft.type === 'list' ? draft.items[indexOf(part)] : undefined;
    if (next === undefined) return missing(operation);
    slot = next;
  }
  const done = slot.draft.type === 'list' ? changeList(slot.draft, last, operation) : changeMap(slot, last, operation);
  return done ? undefined : missing(operation);
}

function missing({ op, path }: Operation): string {
  return `nothing to ${op} at ${path}`;
}

/** Makes a collection of the text changeable. An alias is replaced by the value of its anchor. */
export function open(slot: DraftSlot): void {
  if (slot.draft.type !== 'source') return;
  const { node } = slot.draft;
  if (node.type === 'alias' || (node.type === 'map' && node.layout === 'pair')) {
    slot.draft = { type: 'value', value: copyOf(jsonOf(node)) };
  } else if (node.type === 'map') {
    const entries = node.entries.map((entry) => ({ entry, key: entry.key, draft: sourceDraft(entry.value) }));
    slot.draft = { type: 'map', node, entries };
  } else if (node.type === 'list') {
    slot.draft = { type: 'list', node, items: node.items.map((item) => ({ item, draft: sourceDraft(item.value) })) };
  }
}

function sourceDraft(node: Node): Draft {
  return { type: 'source', node };
}

/** The entry of a key; an entry that comes from a merge key becomes a new entry of the map. */
function entryAt(map: DraftMap, key: string): DraftEntry | undefined {
  const last = map.entries.findLast((one) => brings(one, key));
  if (last === undefined || !isMerge(last)) return last;
  const entry: DraftEntry = { key, draft: { type: 'value', value: copyOf(mergedValue(last.entry!, key)!) } };
  map.entries.push(entry);
  return entry;
}

function isMerge({ entry }: DraftEntry): boolean {
  return entry?.merge === true;
}

/** Whether an entry has the key, or merges a map that has it. */
function brings(one: DraftEntry, key: string): boolean {
  return isMerge(one) ? mergedValue(one.entry!, key) !== undefined : one.key === key;
}

function mergedValue(entry: Entry, key: string): Json | undefined {
  const map = mergedMaps(entry).findLast((merged) => hasOwn(jsonOf(merged), key));
  return map === undefined ? undefined : (jsonOf(map) as Record<string, Json>)[key];
}

function changeMap(slot: DraftSlot, key: string, operation: Operation): boolean {
  const map = slot.draft;
  if (map.type !== 'map') return false;
  const last = map.entries.findLast((one) => brings(one, key));
  if (operation.op === 'remove') return last !== undefined && removeKey(slot, map, key);
  if (last === undefined && operation.op === 'replace') return false;
  if (last !== undefined && !isMerge(last)) write(last, operation.value);
  else map.entries.push({ key, draft: { type: 'value', value: copyOf(operation.value) } });
  return true;
}

function removeKey(slot: DraftSlot, map: DraftMap, key: string): boolean {
  if (map.entries.some((one) => isMerge(one) && brings(one, key))) {
    // YAML cannot exclude one key of a merged map, so the whole map is written out.
    const value = valueOfMap(map);
    delete value[key];
    slot.draft = { type: 'value', value };
    return true;
  }
  const remaining = map.entries.filter((one) => one.key !== key || isMerge(one));
  map.entries.splice(0, map.entries.length, ...remaining);
  return true;
}

function changeList({ items }: DraftList, part: string, operation: Operation): boolean {
  const index = part === '-' && operation.op === 'add' ? items.length : indexOf(part);
  if (operation.op === 'add') {
    if (!(index <= items.length)) return false;
    items.splice(index, 0, { draft: { type: 'value', value: copyOf(operation.value) } });
    return true;
  }
  const item = items[index];
  if (item === undefined) return false;
  if (operation.op === 'remove') items.splice(index, 1);
  else write(item, operation.value);
  return true;
}

/** Sets a new value; an equal value keeps its text. */
function write(slot: DraftSlot, value: Json): void {
  if (isDeepStrictEqual(draftValue(slot.draft), value)) return;
  slot.draft = { type: 'value', value: copyOf(value) };
}

/** The current value of a draft. */
export function draftValue(draft: Draft): Json {
  if (draft.type === 'source') return jsonOf(draft.node);
  if (draft.type === 'value') return draft.value;
  return draft.type === 'list' ? draft.items.map((item) => draftValue(item.draft)) : valueOfMap(draft);
}

function valueOfMap(map: DraftMap): Record<string, MutableJson> {
  const value: Record<string, MutableJson> = {};
  for (const one of map.entries) {
    if (!isMerge(one)) value[one.key] = copyOf(draftValue(one.draft));
    else for (const merged of mergedMaps(one.entry!)) Object.assign(value, copyOf(jsonOf(merged)));
  }
  return value;
}

function indexOf(part: string): number {
  return /^(?:0|[1-9]\d*)$/.test(part) ? Number(part) : Number.NaN;
}
