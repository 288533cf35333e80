import { lineStart } from '../../text/line-offsets.ts';
import type { ManifestDocument } from '../read/manifest.ts';
import { childrenOf, type ListNode, type MapNode, type Node } from '../read/node.ts';
import { type FlowStyle, flatFlow, minified } from './flow-text.ts';

/** The layout of a document's blocks. */
export interface BlockStyle {
  /** Columns from a key to the keys below it. */
  readonly step: number;
  /** Columns from a key to the dashes below it. */
  readonly listOffset: number;
  /** Columns from a dash to its value. */
  readonly dashWidth: number;
  readonly quote: 'single' | 'double';
  /** Whether texts of several lines may be block scalars. */
  readonly literal: boolean;
  readonly eol: string;
}

type Measured = 'step' | 'listOffset' | 'dashWidth' | 'quote';
/** The frequency of each width; for quotes 1 stands for single ones, 0 for double ones. */
type Counts = Record<Measured, Map<number, number>>;

/** The most frequent style of a document; where the document has no example, the style of `kubectl get -o yaml`. */
export function blockStyle(document: ManifestDocument, eol: string): BlockStyle {
  const counts: Counts = { step: new Map(), listOffset: new Map(), dashWidth: new Map(), quote: new Map() };
  measure(document.text, document.root, counts);
  return {
    step: mostFrequent(counts.step, 2),
    listOffset: mostFrequent(counts.listOffset, 0),
    dashWidth: mostFrequent(counts.dashWidth, 2),
    quote: mostFrequent(counts.quote, 0) === 1 ? 'single' : 'double',
    // A block scalar at the end of a text without a last line break would get one by the next edit.
    literal: document.text.endsWith('\n'),
    eol,
  };
}

/** The style of a map's own entries, or that of the document where they show none. */
export function styleOfMap(text: string, map: MapNode, style: BlockStyle): BlockStyle {
  const counts: Counts = { step: new Map(), listOffset: new Map(), dashWidth: new Map(), quote: new Map() };
  for (const { start, value } of map.entries) measureNested(text, start, value, counts);
  return {
    ...style,
    step: mostFrequent(counts.step, style.step),
    listOffset: mostFrequent(counts.listOffset, style.listOffset),
  };
}

/** The style of a list's own items: the distance from the dashes to the content. */
export function styleOfList(text: string, list: ListNode, style: BlockStyle): BlockStyle {
  const counts: Counts = { step: new Map(), listOffset: new Map(), dashWidth: new Map(), quote: new Map() };
  for (const { start, value } of list.items) measureDash(text, start, value, counts);
  return { ...style, dashWidth: mostFrequent(counts.dashWidth, style.dashWidth) };
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

function count(frequencies: Map<number, number>, width: number): void {
  frequencies.set(width, (frequencies.get(width) ?? 0) + 1);
}

function mostFrequent(frequencies: ReadonlyMap<number, number>, otherwise: number): number {
  let [best, times] = [otherwise, 0];
  for (const [width, number] of frequencies) if (number > times) [best, times] = [width, number];
  return best;
}

/** The style of a collection between brackets; where it shows none, that of the collection around it. */
export function flowStyleOf(text: string, node: MapNode | ListNode, around: FlowStyle): FlowStyle {
  const first = childrenOf(node)[0];
  if (first === undefined) return around;
  // Only the text between the brackets is searched: a line of minified JSON is the whole document.
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

/** The style of a document that is all between brackets. */
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
