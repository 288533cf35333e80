import type { Json } from '../../json/json.ts';
import { lineStart } from '../../text/line-offsets.ts';
import { childrenOf, type Entry, type Item, isQuoted, type Node, type Span } from '../read/node.ts';
import { type FlowStyle, flatFlow, flowEntry, flowKey, flowText } from '../write/flow-text.ts';
import { flowStyleOf } from '../write/layout-style.ts';
import { quotedLike } from '../write/scalar-text.ts';
import { type DraftEntry, type DraftItem, type DraftList, type DraftMap, draftValue } from './document-draft.ts';
import type { EditContext } from './edit-context.ts';

type Child = DraftEntry | DraftItem;

/** Writes the changes of a collection between brackets; `around` is the style of the collection around it. */
export function editFlow(context: EditContext, draft: DraftMap | DraftList, around: FlowStyle): void {
  const { text } = context;
  const { node } = draft;
  const style = flowStyleOf(text, node, around);
  const base = style.multiline ? indentOf(text, node.start) : '';
  const sources = childrenOf(node);
  const inner = style.multiline && sources[0] !== undefined ? indentOf(text, sources[0].start) : base + style.unit;
  const sampled = nestedStyle(text, node, style);
  // In YAML a bracket may not close left of the block around it, and only existing lines show how far that is.
  const nested = style.multiline || context.flow.json ? sampled : { ...sampled, multiline: false };
  const children: readonly Child[] = draft.type === 'map' ? draft.entries : draft.items;
  const textOf = (child: Child) =>
    'key' in child
      ? flowEntry(child.key, draftValue(child.draft), nested, inner)
      : flowText(draftValue(child.draft), nested, inner);
  const added = children.filter((child) => sourceOf(child) === undefined);
  if (added.length < children.length) {
    for (const child of children) editChild(context, child, nested, inner);
    removeChildren(context, sources, new Set(children.map(sourceOf)));
    addChildren(context, children, textOf, style.multiline ? `,${style.eol}${inner}` : style.comma);
  } else if (added.length === 0) {
    empty(context, node, sources);
  } else if (sources.length === 0) {
    fill(context, node, added.map(textOf), style, base);
  } else {
    const comma = style.multiline ? `,${style.eol}${inner}` : style.comma;
    context.edits.replace(sources[0]!.start, sources.at(-1)!.value.end, added.map(textOf).join(comma));
  }
}

/** The style of collections inside, taken from the first one. */
function nestedStyle(text: string, node: DraftMap['node'] | DraftList['node'], style: FlowStyle): FlowStyle {
  if (node.type === 'list') {
    const sample = node.items.map(({ value }) => value).find((value) => value.type === 'map' || value.type === 'list');
    if (sample?.type === 'map' || sample?.type === 'list') return flowStyleOf(text, sample, style);
  }
  return style.json ? style : { ...style, multiline: false };
}

function editChild(context: EditContext, child: Child, style: FlowStyle, indent: string): void {
  const source = sourceOf(child);
  if (source === undefined) return;
  const entry = 'keyNode' in source ? source : undefined;
  if (entry !== undefined) editKey(context, entry, (key) => flowKey(key, style));
  const { draft } = child;
  if (draft.type === 'map' || draft.type === 'list') editFlow(context, draft, style);
  if (draft.type !== 'value') return;
  const { value } = draft;
  replaceValue(context, source.value, entry, textLike(value, source.value) ?? flowText(value, style, indent));
}

/** A text with the quotes of the text that it replaces, or without any as that, whatever its neighbours have. */
function textLike(value: Json, before: Node): string | undefined {
  if (typeof value !== 'string' || before.type !== 'scalar' || typeof before.value !== 'string') return undefined;
  const like = isQuoted(before) ? quotedLike(value, before, true) : undefined;
  return like ?? (before.style === 'plain' ? flowText(value, flatFlow, '') : undefined);
}

/** Writes out a key that is an alias of a removed anchor. */
export function editKey(
  { edits, staleAnchors }: EditContext,
  { keyNode, key }: Entry,
  write: (key: string) => string,
): void {
  if (keyNode.type === 'alias' && staleAnchors.has(keyNode.target))
    edits.replace(keyNode.start, keyNode.end, write(key));
}

function replaceValue({ edits }: EditContext, value: Node, entry: Entry | undefined, text: string): void {
  const isAbsent = value.type === 'scalar' && value.style === 'absent' && value.propsStart === value.start;
  const before = !isAbsent ? '' : entry?.colon === undefined ? ': ' : ' ';
  edits.replace(value.propsStart, value.end, before + text);
}

function sourceOf(child: Child): Entry | Item | undefined {
  return 'key' in child ? child.entry : child.item;
}

function removeChildren(
  context: EditContext,
  sources: readonly (Entry | Item)[],
  remaining: ReadonlySet<unknown>,
): void {
  for (let first = 0; first < sources.length; first++) {
    if (remaining.has(sources[first])) continue;
    let last = first;
    while (last + 1 < sources.length && !remaining.has(sources[last + 1])) last++;
    removeRun(context, sources, first, last);
    first = last;
  }
}

/** Removes neighbouring children with the commas behind them, or with the comma before them where nothing follows. */
function removeRun(
  { text, edits }: EditContext,
  sources: readonly (Entry | Item)[],
  first: number,
  last: number,
): void {
  const next = sources[last + 1];
  const [start, end] =
    next === undefined
      ? [sources[first - 1]!.value.end, sources[last]!.value.end]
      : [sources[first]!.start, next.start];
  const from = next === undefined ? first - 1 : first;
  const gaps = sources
    .slice(from, last + 1)
    .map((one, i) => ({ start: one.value.end, end: sources[from + i + 1]?.start ?? end }));
  const within = gaps.filter((gap) => gap.end <= end && gap.end > gap.start);
  if (!within.some((gap) => text.slice(gap.start, gap.end).includes('#'))) {
    edits.replace(start, end, '');
    return;
  }
  // Comments stay: only the children and their commas go.
  for (const one of sources.slice(first, last + 1)) edits.replace(one.start, one.value.end, '');
  for (const gap of within) {
    const comma = commaIn(text, gap);
    edits.replace(comma, comma + 1, '');
  }
}

function commaIn(text: string, { start, end }: Span): number {
  const gap = text.slice(start, end).replace(/(^|\s)#[^\r\n]*/g, (comment) => ' '.repeat(comment.length));
  return start + gap.indexOf(',');
}

function addChildren(
  context: EditContext,
  children: readonly Child[],
  textOf: (child: Child) => string,
  comma: string,
): void {
  let before: Entry | Item | undefined;
  let pending: string[] = [];
  const flush = (next: Entry | Item | undefined) => {
    if (pending.length > 0 && next !== undefined) {
      context.edits.replace(next.start, next.start, pending.map((one) => one + comma).join(''));
    } else if (pending.length > 0 && before !== undefined) {
      const added = pending.map((one) => comma + one).join('');
      context.edits.replace(before.value.end, before.value.end, isOpen(before) ? ` ${added}` : added);
    }
    pending = [];
  };
  for (const child of children) {
    const source = sourceOf(child);
    if (source === undefined) pending.push(textOf(child));
    else {
      flush(source);
      before = source;
    }
  }
  flush(undefined);
}

/** Whether a value is missing right behind its colon: some readers take `a:,` for a text. */
function isOpen(source: Entry | Item): boolean {
  return 'keyNode' in source && source.colon !== undefined && source.value.end === source.colon + 1;
}

function empty({ text, edits }: EditContext, { start, end }: Span, sources: readonly (Entry | Item)[]): void {
  const [first, last] = [sources[0], sources.at(-1)];
  if (first === undefined || last === undefined) return;
  const before = text.slice(start + 1, first.start);
  const after = text.slice(last.value.end, end - 1);
  if (/[\r\n]/.test(before) || after.includes(',')) edits.replace(start + 1, end - 1, '');
  else if (before === after) edits.replace(first.start, end - 1, '');
  else edits.replace(first.start, last.value.end, '');
}

function fill(
  { text, edits }: EditContext,
  { start, end }: Span,
  added: readonly string[],
  style: FlowStyle,
  base: string,
): void {
  const inside = text.slice(start + 1, end - 1);
  if (inside === '' && style.multiline) {
    const line = `${style.eol}${base}${style.unit}`;
    edits.replace(start + 1, end - 1, `${line}${added.join(`,${line}`)}${style.eol}${base}`);
  } else {
    edits.replace(start + 1, start + 1, (/^ +$/.test(inside) ? inside : '') + added.join(style.comma));
  }
}

/** The indentation of a line. */
function indentOf(text: string, offset: number): string {
  const start = lineStart(text, offset);
  return /^[ \t]*/.exec(text.slice(start, offset))![0];
}
