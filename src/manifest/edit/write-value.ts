import type { Json } from '../../json/json.ts';
import { lineEnd, lineStart } from '../../text/line-offsets.ts';
import { type Entry, type Item, isEntry, isQuoted, type Node } from '../read/node.ts';
import { afterDash, afterKey, type BlockText, blockLines, isBlock } from '../write/block-text.ts';
import { flowText } from '../write/flow-text.ts';
import { type BlockStyle, columnOf } from '../write/layout-style.ts';
import { quotedLike } from '../write/scalar-text.ts';
import type { EditContext, ValueHolder } from './edit-context.ts';

/**
 * Replaces a value in a block by another one.
 *
 * @returns the end of the line behind which the next sibling can be written
 */
export function writeValue(context: EditContext, value: Json, holder: ValueHolder, style: BlockStyle): number {
  const { text } = context;
  const node = holder.value;
  if (!('start' in holder)) return writeRoot(context, value, node, style);
  const isEntry = 'keyNode' in holder;
  if (isEntry && holder.colon === undefined) return writeUnderKey(context, value, holder, style);
  if (hasOwnLines(text, node)) return writeOnLines(context, value, holder, style);
  if (typeof value === 'string' && !value.includes('\n') && isQuoted(node)) {
    const head = quotedLike(value, node, false);
    if (head !== undefined) return writeInline(context, holder, { head, lines: [] });
  }
  if (isEntry) return writeInline(context, holder, afterKey(value, columnOf(text, holder.start), style));
  const column = isAbsent(node) ? columnOf(text, holder.start) + style.dashWidth : columnOf(text, node.propsStart);
  return writeInline(context, holder, afterDash(value, column, style), style.dashWidth - 1);
}

function writeRoot({ text, edits, flow }: EditContext, value: Json, node: Node, style: BlockStyle): number {
  const isFlow = (node.type === 'map' || node.type === 'list') && node.layout === 'flow';
  const newText = isBlock(value) && !isFlow ? blockLines(value, 0, style).join(style.eol) : flowText(value, flow, '');
  edits.replace(node.propsStart, isFlow ? node.end : lineEnd(text, node.end), newText);
  return lineEnd(text, node.end);
}

/** Writes the value of `? key`, which has no colon yet. */
function writeUnderKey({ text, edits }: EditContext, value: Json, entry: Entry, style: BlockStyle): number {
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

/** Replaces a value on lines of its own, below its key or dash. */
function writeOnLines({ text, edits }: EditContext, value: Json, holder: Entry | Item, style: BlockStyle): number {
  const node = holder.value;
  const behind = ('keyNode' in holder ? holder.colon! : holder.start) + 1;
  const between = text.slice(behind, lineStart(text, node.start));
  // Comments between would become part of a block scalar.
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

/** The lines of a value below its key or dash. Null is written as nothing, which it was before something was added. */
function ownLines(text: string, value: Json, holder: Entry | Item, style: BlockStyle): BlockText {
  if (value === null) return { head: '', lines: [] };
  if ('keyNode' in holder) return afterKey(value, columnOf(text, holder.start), style);
  const column = columnOf(text, holder.value.start);
  return isBlock(value) ? { head: '', lines: blockLines(value, column, style) } : afterDash(value, column, style);
}

/** Replaces a value behind its key or dash: brackets, a scalar, nothing, or a map whose first entry is there. */
function writeInline({ text, edits, block }: EditContext, holder: Entry | Item, newText: BlockText, space = 1): number {
  const node = holder.value;
  const { head, lines } = newText;
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

/** The end of the content of a collection's first line: a comment behind it stays. */
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

/** The end of a value's anchor and tag, which are removed with it: no alias refers to the anchor any more. */
function propsEnd(text: string, node: Node, behind: number): number {
  if (node.propsStart === node.start) return behind;
  const props = /^(?:[&!]\S*[ \t]*)+/.exec(text.slice(node.propsStart, node.start))?.[0] ?? '';
  return node.propsStart + props.trimEnd().length;
}
