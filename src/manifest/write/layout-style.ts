import { lineStart } from '../../text/line-offsets.ts';
import type { ManifestDocument } from '../read/manifest.ts';
import { childrenOf, type ListNode, type MapNode, type Node } from '../read/node.ts';
import { type FlowStyle, flatFlow, minified } from './flow-text.ts';

/** How a document is laid out in blocks. */
export interface BlockStyle {
  /** Columns from a key to the keys below it. */
  readonly step: number;
  /** Columns from a key to the dashes below it. */
  readonly listOffset: number;
  /** Columns from a dash to what it holds. */
  readonly dashWidth: number;
  readonly quote: 'single' | 'double';
  /** Whether texts of several lines may be block scalars. */
  readonly literal: boolean;
  readonly eol: string;
}

type Measured = 'step' | 'listOffset' | 'dashWidth' | 'quote';
/** How often each width was seen; of quotes 1 counts the single ones. */
type Counts = Record<Measured, Map<number, number>>;

/** What most of the document does; where it says nothing, what `kubectl get -o yaml` does. */
export function blockStyle(document: ManifestDocument, eol: string): BlockStyle {
  const counts: Counts = { step: new Map(), listOffset: new Map(), dashWidth: new Map(), quote: new Map() };
  measure(document.text, document.root, counts);
  return {
    step: most(counts.step, 2),
    listOffset: most(counts.listOffset, 0),
    dashWidth: most(counts.dashWidth, 2),
    quote: most(counts.quote, 0) === 1 ? 'single' : 'double',
    // Without a last line break a block scalar at the end would gain one by the next edit.
    literal: document.text.endsWith('\n'),
    eol,
  };
}

/** The style of a map, where its own entries show one. */
export function styleOfMap(text: string, map: MapNode, style: BlockStyle): BlockStyle {
  const counts: Counts = { step: new Map(), listOffset: new Map(), dashWidth: new Map(), quote: new Map() };
  for (const { start, value } of map.entries) measureNested(text, start, value, counts);
  return { ...style, step: most(counts.step, style.step), listOffset: most(counts.listOffset, style.listOffset) };
}

/** The style of a list: how far its content is from its dashes. */
export function styleOfList(text: string, list: ListNode, style: BlockStyle): BlockStyle {
  const counts: Counts = { step: new Map(), listOffset: new Map(), dashWidth: new Map(), quote: new Map() };
  for (const { start, value } of list.items) measureDash(text, start, value, counts);
  return { ...style, dashWidth: most(counts.dashWidth, style.dashWidth) };
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

function measure(text: string, node: Node, counts: Counts): void {
  if (node.type === 'scalar') {
    if (node.style === 'single' || node.style === 'double') count(counts.quote, node.style === 'single' ? 1 : 0);
  } else if (node.type === 'map') {
    for (const { start, value } of node.entries) {
      if (node.layout === 'block') measureNested(text, start, value, counts);
      measure(text, value, counts);
    }
  } else if (node.type === 'list') {
    for (const { start, value } of node.items) {
      if (node.layout === 'block') measureDash(text, start, value, counts);
      measure(text, value, counts);
    }
  }
}

function measureNested(text: string, keyStart: number, value: Node, counts: Counts): void {
  if (value.type !== 'map' && value.type !== 'list') return;
  if (value.layout !== 'block') return;
  const width = columnOf(text, value.start) - columnOf(text, keyStart);
  if (value.type === 'list' ? width >= 0 : width > 0)
    count(counts[value.type === 'list' ? 'listOffset' : 'step'], width);
}

function measureDash(text: string, dash: number, value: Node, counts: Counts): void {
  const between = text.slice(dash + 1, value.propsStart);
  if (/^ +$/.test(between)) count(counts.dashWidth, between.length + 1);
}

function count(seen: Map<number, number>, width: number): void {
  seen.set(width, (seen.get(width) ?? 0) + 1);
}

function most(seen: ReadonlyMap<number, number>, otherwise: number): number {
  let [best, times] = [otherwise, 0];
  for (const [width, number] of seen) if (number > times) [best, times] = [width, number];
  return best;
}

/** How a collection between brackets is written, as far as it shows; the rest as what is around it. */
export function flowStyleOf(text: string, node: MapNode | ListNode, around: FlowStyle): FlowStyle {
  const first = childrenOf(node)[0];
  if (first === undefined) return around;
  // Looked for between the brackets alone: the line of minified JSON is the whole document.
  const gap = text.slice(node.start + 1, first.start);
  const multiline = gap.includes('\n');
  const prefix = gap.slice(gap.lastIndexOf('\n') + 1);
  const outer = multiline ? /^[ \t]*/.exec(text.slice(lineStart(text, node.start), node.start))![0] : '';
  const deeper = multiline && prefix.startsWith(outer) && prefix.length > outer.length;
  const unit = deeper ? prefix.slice(outer.length) : around.unit;
  const sample =
    node.type === 'map' ? node : node.items.map(({ value }) => value).find((value) => value.type === 'map');
  const { json, colon } = sample === undefined ? around : keyStyle(text, sample, around);
  return { ...around, json, colon, multiline, unit, comma: commaOf(text, node, around.comma) };
}

/** What a whole document between brackets is written like: pretty or minified. */
export function documentFlow(format: ManifestDocument['format'], eol: string): FlowStyle {
  return { ...(format === 'json' ? minified : flatFlow), eol };
}

function keyStyle(text: string, map: MapNode, around: FlowStyle): Pick<FlowStyle, 'json' | 'colon'> {
  const [first] = map.entries;
  if (first === undefined) return around;
  const json = map.entries.every(({ keyNode }) => keyNode.type === 'scalar' && keyNode.style === 'double');
  const after = first.colon === undefined ? undefined : text.slice(first.colon + 1, first.value.propsStart);
  const colon = after === '' && json ? ':' : ': ';
  return { json, colon: after === undefined ? around.colon : colon };
}

function commaOf(text: string, node: MapNode | ListNode, otherwise: string): string {
  const [first, second] = childrenOf(node);
  if (first === undefined || second === undefined) return otherwise;
  const gap = text.slice(first.value.end, second.start);
  return /^, *$/.test(gap) ? gap : otherwise;
}
