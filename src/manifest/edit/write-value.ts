import type { Json } from '../../json/json.ts';
import { lineEnd, lineStart } from '../../text/line-offsets.ts';
import { type Entry, type Item, isEntry, isQuoted, type Node } from '../read/node.ts';
import { afterDash, afterKey, type BlockText, blockLines, isBlock } from '../write/block-text.ts';
import { flowText } from '../write/flow-text.ts';
import { type BlockStyle, columnOf } from '../write/layout-style.ts';
import { quotedLike } from '../write/scalar-text.ts';
import type { Editing, Holder } from './edit-context.ts';

/**
 * Writes a value in the place of another that stands in a block.
 *
 * @returns the end of the line after which the next sibling may be written
 */
export function place(editing: Editing, value: Json, holder: Holder, style: BlockStyle): number {
  const { text } = editing;
  const node = holder.value;
  if (!('start' in holder)) return placeRoot(editing, value, node, style);
  const isEntry = 'keyNode' in holder;
  if (isEntry && holder.colon === undefined) return placeUnderKey(editing, value, holder, style);
  if (hasOwnLines(text, node)) return placeOnLines(editing, value, holder, style);
  if (typeof value === 'string' && !value.includes('\n') && isQuoted(node)) {
    const head = quotedLike(value, node, false);
    if (head !== undefined) return placeInline(editing, holder, { head, lines: [] });
  }
  if (isEntry) return placeInline(editing, holder, afterKey(value, columnOf(text, holder.start), style));
  const column = isAbsent(node) ? columnOf(text, holder.start) + style.dashWidth : columnOf(text, node.propsStart);
  return placeInline(editing, holder, afterDash(value, column, style), style.dashWidth - 1);
}

function placeRoot({ text, edits, flow }: Editing, value: Json, node: Node, style: BlockStyle): number {
  const isFlow = (node.type === 'map' || node.type === 'list') && node.layout === 'flow';
  const written = isBlock(value) && !isFlow ? blockLines(value, 0, style).join(style.eol) : flowText(value, flow, '');
  edits.replace(node.propsStart, isFlow ? node.end : lineEnd(text, node.end), written);
  return lineEnd(text, node.end);
}

/** `? key` without a colon. */
function placeUnderKey({ text, edits }: Editing, value: Json, entry: Entry, style: BlockStyle): number {
  const column = columnOf(text, entry.start);
  const { head, lines } = afterKey(value, column, style);
  const end = lineEnd(text, entry.value.end);
  edits.replace(
    end,
    end,
    [`${style.eol}${' '.repeat(column)}:${head === '' ? '' : ` ${head}`}`, ...lines].join(style.eol),
  );
  return end;
}

/** What stood on lines of its own below the key or dash. */
function placeOnLines({ text, edits }: Editing, value: Json, holder: Entry | Item, style: BlockStyle): number {
  const node = holder.value;
  const behind = ('keyNode' in holder ? holder.colon! : holder.start) + 1;
  const between = text.slice(behind, lineStart(text, node.start));
  // What stands between would become part of a block scalar.
  const literal = style.literal && /^[^\r\n]*(?:\r\n|\n|\r)$/.test(between);
  const { head, lines } = ownLines(text, value, holder, { ...style, literal });
  edits.replace(behind, propsEnd(text, node, behind), head === '' ? '' : ` ${head}`);
  if (lines.length === 0) {
    edits.deleteLines(node.start, node.end);
    return lineEnd(text, behind);
  }
  edits.replace(lineStart(text, node.start), lineEnd(text, node.end), lines.join(style.eol));
  return lineEnd(text, node.end);
}

/** Null is written as the absence that it was before something was added. */
function ownLines(text: string, value: Json, holder: Entry | Item, style: BlockStyle): BlockText {
  if (value === null) return { head: '', lines: [] };
  if ('keyNode' in holder) return afterKey(value, columnOf(text, holder.start), style);
  const column = columnOf(text, holder.value.start);
  return isBlock(value) ? { head: '', lines: blockLines(value, column, style) } : afterDash(value, column, style);
}

/** What stood behind the key or dash: brackets, a scalar, nothing, or the first entry of a map. */
function placeInline({ text, edits, block }: Editing, holder: Entry | Item, written: BlockText, space = 1): number {
  const node = holder.value;
  const { head, lines } = written;
  const after = lines.length === 0 ? '' : block.eol + lines.join(block.eol);
  const end = lineEnd(text, node.end);
  if (isCollection(node)) {
    const first = firstLineEnd(text, node);
    edits.replace(node.propsStart, first, head);
    edits.replace(lineEnd(text, first), end, after);
    return end;
  }
  const behind = ('keyNode' in holder ? holder.colon! : holder.start) + 1;
  if (isAbsent(node)) edits.replace(node.start, node.end, head === '' ? '' : ' '.repeat(space) + head);
  else if (head === '' && text.slice(behind, node.propsStart).trim() === '') edits.replace(behind, node.end, '');
  else if (head === '' && text.slice(lineStart(text, node.propsStart), node.propsStart).trim() === '') {
    // A comment stands between the key and the line of the value.
    edits.replace(lineStart(text, node.propsStart), node.end, lines.join(block.eol));
    return end;
  } else edits.replace(node.propsStart, node.end, head);
  edits.replace(end, end, after);
  return end;
}

function isAbsent(node: Node): boolean {
  return node.type === 'scalar' && node.style === 'absent' && node.propsStart === node.start;
}

function isCollection(node: Node): boolean {
  return (node.type === 'map' || node.type === 'list') && node.layout === 'block';
}

/** Where the content of the line that a collection begins in ends: a comment may follow, and stays. */
function firstLineEnd(text: string, node: Node): number {
  const first = node.type === 'map' ? node.entries[0] : node.type === 'list' ? node.items[0] : undefined;
  const line = lineEnd(text, node.start);
  if (first === undefined || !isCollection(node)) return Math.min(node.end, line);
  if (isCollection(first.value) && first.value.start < line) return firstLineEnd(text, first.value);
  if (first.value.end <= line) return first.value.end;
  if (isBlockScalar(first.value) && first.value.start < line) return headerEnd(text, first.value);
  if (isEntry(first) && first.colon !== undefined && first.colon >= line) return first.keyNode.end;
  const isBelow = isEntry(first) && first.colon !== undefined && first.value.propsStart > line;
  return isBelow ? first.colon + 1 : line;
}

function isBlockScalar(node: Node): boolean {
  return node.type === 'scalar' && node.style === 'block';
}

function headerEnd(text: string, { start }: Node): number {
  return start + /^[|>][-+\d]*/.exec(text.slice(start, start + 4))![0].length;
}

function hasOwnLines(text: string, node: Node): boolean {
  return isCollection(node) && /^\s*$/.test(text.slice(lineStart(text, node.start), node.start));
}

/** The anchor and tag of a value whose anchor nobody refers to any more. */
function propsEnd(text: string, node: Node, behind: number): number {
  if (node.propsStart === node.start) return behind;
  const props = /^(?:[&!]\S*[ \t]*)+/.exec(text.slice(node.propsStart, node.start))?.[0] ?? '';
  return node.propsStart + props.trimEnd().length;
}
