import { isDeepStrictEqual } from 'node:util';
import { changeJson, copyOf, hasOwn, type MutableJson } from '../../json/change-json.ts';
import type { Json } from '../../json/json.ts';
import type { Operation } from '../../json/operation.ts';
import { parsePointer } from '../path.ts';
import { type Entry, type Item, type ListNode, type MapNode, mergedMaps, type Node } from '../read/node.ts';
import { jsonOf } from '../read/node-value.ts';

/**
 * A value while operations are applied: as it stands in the text, written anew, or a collection of which some is the
 * one and some the other. Only what is touched is opened, so what is written at the end is what changed.
 */
export type Draft =
  | { readonly type: 'kept'; readonly node: Node }
  | { readonly type: 'written'; readonly value: MutableJson }
  | DraftMap
  | DraftList;

export interface DraftMap {
  readonly type: 'map';
  readonly node: MapNode;
  /** Those of the node that are left, then the new ones. */
  readonly entries: DraftEntry[];
}

export interface DraftList {
  readonly type: 'list';
  readonly node: ListNode;
  readonly items: DraftItem[];
}

/** What holds a draft: an entry, an item or the document. */
export interface Slot {
  draft: Draft;
}

export interface DraftEntry extends Slot {
  readonly key: string;
  /** Absent when new. */
  readonly entry?: Entry;
}

export interface DraftItem extends Slot {
  /** Absent when new. */
  readonly item?: Item;
}

/** Applies one operation; what is wrong with it, in words, or undefined. */
export function applyOperation(root: Slot, operation: Operation): string | undefined {
  const parts = parsePointer(operation.path);
  if (parts === undefined) return `${JSON.stringify(operation.path)} is no JSON pointer`;
  const last = parts.at(-1);
  if (last === undefined) {
    root.draft = { type: 'written', value: operation.op === 'remove' ? null : copyOf(operation.value) };
    return undefined;
  }
  let slot = root;
  for (const [i, part] of parts.entries()) {
    open(slot);
    const { draft } = slot;
    if (draft.type === 'written') {
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

/** Makes a collection of the text one that can be changed. What an alias names is written anew in its place. */
export function open(slot: Slot): void {
  if (slot.draft.type !== 'kept') return;
  const { node } = slot.draft;
  if (node.type === 'alias' || (node.type === 'map' && node.layout === 'pair')) {
    slot.draft = { type: 'written', value: copyOf(jsonOf(node)) };
  } else if (node.type === 'map') {
    const entries = node.entries.map((entry) => ({ entry, key: entry.key, draft: kept(entry.value) }));
    slot.draft = { type: 'map', node, entries };
  } else if (node.type === 'list') {
    slot.draft = { type: 'list', node, items: node.items.map((item) => ({ item, draft: kept(item.value) })) };
  }
}

function kept(node: Node): Draft {
  return { type: 'kept', node };
}

/** The entry that counts; what a merge key brings in is written anew as an entry of the map. */
function entryAt(map: DraftMap, key: string): DraftEntry | undefined {
  const found = map.entries.findLast((one) => brings(one, key));
  if (found === undefined || !isMerge(found)) return found;
  const entry: DraftEntry = { key, draft: { type: 'written', value: copyOf(mergedValue(found.entry!, key)!) } };
  map.entries.push(entry);
  return entry;
}

function isMerge({ entry }: DraftEntry): boolean {
  return entry?.merge === true;
}

function brings(one: DraftEntry, key: string): boolean {
  return isMerge(one) ? mergedValue(one.entry!, key) !== undefined : one.key === key;
}

function mergedValue(entry: Entry, key: string): Json | undefined {
  const map = mergedMaps(entry).findLast((merged) => hasOwn(jsonOf(merged), key));
  return map === undefined ? undefined : (jsonOf(map) as Record<string, Json>)[key];
}

function changeMap(slot: Slot, key: string, operation: Operation): boolean {
  const map = slot.draft;
  if (map.type !== 'map') return false;
  const found = map.entries.findLast((one) => brings(one, key));
  if (operation.op === 'remove') return found !== undefined && removeKey(slot, map, key);
  if (found === undefined && operation.op === 'replace') return false;
  if (found !== undefined && !isMerge(found)) write(found, operation.value);
  else map.entries.push({ key, draft: { type: 'written', value: copyOf(operation.value) } });
  return true;
}

function removeKey(slot: Slot, map: DraftMap, key: string): boolean {
  if (map.entries.some((one) => isMerge(one) && brings(one, key))) {
    // No text takes one key out of a merged map.
    const value = valueOfMap(map);
    delete value[key];
    slot.draft = { type: 'written', value };
    return true;
  }
  const left = map.entries.filter((one) => one.key !== key || isMerge(one));
  map.entries.splice(0, map.entries.length, ...left);
  return true;
}

function changeList({ items }: DraftList, part: string, operation: Operation): boolean {
  const index = part === '-' && operation.op === 'add' ? items.length : indexOf(part);
  if (operation.op === 'add') {
    if (!(index <= items.length)) return false;
    items.splice(index, 0, { draft: { type: 'written', value: copyOf(operation.value) } });
    return true;
  }
  const item = items[index];
  if (item === undefined) return false;
  if (operation.op === 'remove') items.splice(index, 1);
  else write(item, operation.value);
  return true;
}

/** The same value keeps its text. */
function write(slot: Slot, value: Json): void {
  if (isDeepStrictEqual(draftValue(slot.draft), value)) return;
  slot.draft = { type: 'written', value: copyOf(value) };
}

/** The value that a draft has now. */
export function draftValue(draft: Draft): Json {
  if (draft.type === 'kept') return jsonOf(draft.node);
  if (draft.type === 'written') return draft.value;
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
