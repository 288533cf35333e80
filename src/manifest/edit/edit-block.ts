import { lineEnd, lineStart } from '../../text/line-offsets.ts';
import { childrenOf, type Entry, type Item } from '../read/node.ts';
import { entryLines, itemLines, keyText } from '../write/block-text.ts';
import { type BlockStyle, columnOf, styleOfList, styleOfMap } from '../write/layout-style.ts';
import { type Draft, type DraftList, type DraftMap, draftValue } from './document-draft.ts';
import type { EditContext, ValueHolder } from './edit-context.ts';
import { editFlow, editKey } from './edit-flow.ts';
import { writeValue } from './write-value.ts';

/**
 * Writes the changes of a value in a block: behind a key, behind a dash, or alone in its document.
 *
 * @returns the end of the line behind which its next sibling can be written
 */
export function editValue(context: EditContext, draft: Draft, holder: ValueHolder, style: BlockStyle): number {
  const { text } = context;
  const node = holder.value;
  if (draft.type === 'source') return lineEnd(text, node.end);
  if (draft.type === 'value') return writeValue(context, draft.value, holder, style);
  const sources = childrenOf(draft.node);
  const remaining: readonly unknown[] = (draft.type === 'map' ? draft.entries : draft.items).filter(
    (child) => 'entry' in child || 'item' in child,
  );
  if (draft.node.layout === 'flow') {
    const isEmpty = sources.length === 0 && draft.node.end - draft.node.start === 2;
    // Below its key it stays between its brackets, so that removing the additions gives the lines back.
    if (isEmpty && isInBlock(holder) && isOnOwnLine(text, draft.node.propsStart)) {
      editFlow(context, draft, { ...context.flow, multiline: true });
      return lineEnd(text, draft.node.end);
    }
    // A block has `{}` and `[]` for empty collections; other text between brackets has a style of its own.
    if (isEmpty && isInBlock(holder)) {
      const value = draftValue(draft);
      return Object.keys(value as object).length === 0
        ? lineEnd(text, node.end)
        : writeValue(context, value, holder, style);
    }
    editFlow(context, draft, context.flow);
    return lineEnd(text, node.end);
  }
  if (remaining.length === 0) return writeValue(context, draftValue(draft), holder, style);
  return draft.type === 'map' ? editMap(context, draft, style) : editList(context, draft, style);
}

function isInBlock(holder: ValueHolder): boolean {
  return 'start' in holder;
}

function editMap(context: EditContext, { node, entries }: DraftMap, around: BlockStyle): number {
  const { text, edits } = context;
  const column = columnOf(text, node.entries[0]!.start);
  const style = styleOfMap(text, node, around);
  removeBlocks(context, node.entries, new Set(entries.map(({ entry }) => entry)));
  let end = node.start;
  for (const { entry, key, draft } of entries) {
    if (entry === undefined) {
      const lines = entryLines(key, draftValue(draft), column, style);
      edits.replace(end, end, linesAfter(lines, style));
    } else {
      editKey(context, entry, (name) => keyText(name, style));
      end = editValue(context, draft, entry, style);
    }
  }
  return end;
}

function editList(context: EditContext, { node, items }: DraftList, around: BlockStyle): number {
  const { text, edits } = context;
  const column = columnOf(text, node.items[0]!.start);
  const style = styleOfList(text, node, around);
  const remaining = new Set(items.map(({ item }) => item));
  const isTidy = removeBlocks(context, node.items, remaining);
  let end: number | undefined;
  let pending: string[] = [];
  for (const { item, draft } of items) {
    if (item === undefined) {
      const lines = itemLines(draftValue(draft), column, style);
      if (end === undefined) pending.push(...lines);
      else edits.replace(end, end, linesAfter(lines, style));
      continue;
    }
    if (end === undefined && pending.length > 0) prepend(context, node.items[0]!, item, pending, isTidy);
    pending = [];
    end = editValue(context, draft, item, style);
  }
  return end!;
}

function linesAfter(lines: readonly string[], { eol }: BlockStyle): string {
  return eol + lines.join(eol);
}

/** Writes items before the first remaining one, and before the comment above it that belongs to it. */
function prepend(
  { text, edits, block }: EditContext,
  first: Item,
  next: Item,
  lines: readonly string[],
  isTidy: boolean,
): void {
  const column = columnOf(text, first.start);
  if (!isOnOwnLine(text, first.start)) {
    const rest = isTidy ? block.eol + ' '.repeat(column) : '';
    edits.replace(first.start, first.start, lines.join(block.eol).trimStart() + rest);
    return;
  }
  let at = lineStart(text, next.start);
  while (at > 0) {
    const above = lineStart(text, text.slice(0, at).endsWith('\r\n') ? at - 2 : at - 1);
    const line = text.slice(above, at);
    if (!/^ *#/.test(line) || line.indexOf('#') !== column) break;
    at = above;
  }
  edits.replace(at, at, lines.join(block.eol) + block.eol);
}

/**
 * Removes children of a block with their lines. The first entry of a map in a list shares its line with the dash: where
 * it goes, the next one moves up.
 *
 * @returns false where a comment prevents the next one from moving up
 */
function removeBlocks(
  context: EditContext,
  sources: readonly (Entry | Item)[],
  remaining: ReadonlySet<unknown>,
): boolean {
  const { text, edits } = context;
  const shared = sources[0] !== undefined && !isOnOwnLine(text, sources[0].start);
  const next = sources.findIndex((source) => remaining.has(source));
  const leading = shared ? next : 0;
  for (const source of sources.slice(leading)) {
    if (!remaining.has(source)) edits.deleteLines(source.start, source.value.end);
  }
  if (leading === 0) return true;
  const between = sources
    .slice(0, leading)
    .map(({ value }, i) => text.slice(lineEnd(text, value.end), sources[i + 1]!.start));
  if (between.every((gap) => gap.trim() === '')) {
    edits.replace(sources[0]!.start, sources[next]!.start, '');
    return true;
  }
  edits.replace(sources[0]!.start, lineEnd(text, sources[0]!.value.end), '');
  for (const source of sources.slice(1, leading)) edits.deleteLines(source.start, source.value.end);
  return false;
}

function isOnOwnLine(text: string, offset: number): boolean {
  return /^\s*$/.test(text.slice(lineStart(text, offset), offset));
}
