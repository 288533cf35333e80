import {
  CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
  type Node as YamlNode,
} from 'yaml';
import { coreTag } from '../../yaml/core-tag.ts';
import { unknownEscape, withoutEscapedApostrophes } from '../../yaml/escapes.ts';
import { blockScalarTab } from './block-scalar-tab.ts';
import { composeDocument, tooDeep } from './compose-document.ts';
import type { OffsetFinding } from './manifest-problem.ts';
import type { AliasNode, Entry, Item, ListNode, MapNode, Node, ScalarNode, Span } from './node.ts';
import { mostLevels } from './read-json.ts';
import { plainScalar, type Scalar, taggedScalar } from './scalar-value.ts';

/** `root` is absent where the text holds no document, or one with errors. */
export interface YamlRead {
  readonly root?: Node;
  readonly findings: readonly OffsetFinding[];
}

/**
 * Reads the YAML document between two offsets of a text. Text that kubectl does not accept is an error or a warning.
 */
export function readYaml(text: string, span: Span): YamlRead {
  const findings: OffsetFinding[] = [];
  const source = text.slice(span.start, span.end);
  const document = composeDocument(source, span.start, findings);
  if (document?.contents == null || findings.some(({ severity }) => severity === 'error')) return { findings };
  const root = new Builder(text, span.start, findings).node(document.contents, [], 0);
  return findings.some(({ severity }) => severity === 'error') ? { findings } : { root, findings };
}

const mostKeyLength = 1024;
/** Builds our nodes from those of the library; their offsets are those of the whole text. */
class Builder {
  readonly #text: string;
  readonly #base: number;
  readonly #findings: OffsetFinding[];
  /** The last node of each anchor; `open` while that node is read. */
  readonly #anchors = new Map<string, Exclude<Node, AliasNode> | 'open'>();
  /** The brackets and braces around the node that is read. */
  #flows = 0;

  constructor(text: string, base: number, findings: OffsetFinding[]) {
    this.#text = text;
    this.#base = base;
    this.#findings = findings;
  }

  /** @param before the tokens between the indicator (dash, colon, comma) and the value */
  node(yaml: YamlNode, before: readonly CST.SourceToken[], level: number): Node {
    const start = this.#base + yaml.range![0];
    const props = before.find(({ type }) => type === 'anchor' || type === 'tag');
    const propsStart = props === undefined ? start : this.#base + props.offset;
    this.#checkTag(before);
    if (isAlias(yaml)) return this.#alias(yaml.source, start, this.#base + yaml.range![1]);
    const { anchor } = yaml;
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    const begin = { start, propsStart, ...(anchor !== undefined && { anchor }) };
    const node = this.#content(yaml, begin, level);
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return node;
  }

  #content(yaml: YamlNode, begin: NodeStart, level: number): Exclude<Node, AliasNode> {
    if (level > mostLevels) this.#error(begin.start, tooDeep);
    if (level > mostLevels || !(isMap(yaml) || isSeq(yaml))) return this.#scalar(yaml, begin);
    if (yaml.flow) this.#flows++;
    const node = isMap(yaml) ? this.#map(yaml, begin, level) : this.#list(yaml, begin, level);
    if (yaml.flow) this.#flows--;
    return node;
  }

  /** go-yaml reads a comma behind a tag as a part of the tag. */
  #checkTag(before: readonly CST.SourceToken[]): void {
    const tag = before.find(({ type }) => type === 'tag');
    const end = tag === undefined ? undefined : this.#base + tag.offset + tag.source.length;
    if (end !== undefined && this.#text[end] === ',') this.#error(end, 'between a tag and a comma has to be a space');
  }

  #alias(name: string, start: number, end: number): Node {
    const target = this.#anchors.get(name);
    if (target !== undefined && target !== 'open') return { type: 'alias', start, end, propsStart: start, target };
    const why =
      target === undefined ? `there is no anchor &${name} before this alias` : `the anchor &${name} contains itself`;
    this.#error(start, target === undefined ? `${why}; text that begins with * has to be in quotes` : why);
    return absentAt(start);
  }

  #scalar(yaml: YamlNode, begin: NodeStart): ScalarNode {
    const token = yaml.srcToken;
    const text = this.#scalarText(yaml, begin);
    const style = isScalar(yaml) ? styles[yaml.type ?? 'PLAIN'] : 'plain';
    const absent = token === undefined || (style === 'plain' && token.type === 'scalar' && token.source === '');
    const end = token?.type === 'block-scalar' ? this.#blockEnd(token, text) : this.#base + yaml.range![1];
    const isMark = this.#flows > 0 && style === 'plain' && /^[?:]./.test(text);
    if (isMark) this.#error(begin.start, `between brackets, text that begins with ${text[0]} has to be in quotes`);
    const value = this.#meaning(yaml.tag, text, style === 'plain', begin.start);
    return { ...begin, type: 'scalar', end, value, style: absent ? 'absent' : (style ?? 'plain') };
  }

  /** The text of a scalar, where go-yaml has other escapes than the library and is stricter about tabs. */
  #scalarText(yaml: YamlNode, { start }: NodeStart): string {
    const token = yaml.srcToken;
    if (token?.type === 'double-quoted-scalar' && token.source.includes('\\')) {
      const unknown = unknownEscape(token.source);
      if (unknown !== undefined) this.#error(start + unknown, 'kubectl knows no such escape between double quotes');
      if (token.source.includes("\\'"))
        return CST.resolveAsScalar({ ...token, source: withoutEscapedApostrophes(token.source) }).value;
    }
    if (token?.type === 'block-scalar') {
      const header = headerOf(token)?.source ?? '';
      const tab = blockScalarTab(token.source, /\d/.test(header));
      const before = token.props.reduce((length, prop) => length + (prop as CST.SourceToken).source.length, 0);
      if (tab !== undefined) this.#error(this.#base + token.offset + before + tab, 'a tab cannot indent: use spaces');
    }
    return isScalar(yaml) ? String(yaml.value ?? '') : '';
  }

  #meaning(tag: string | undefined, text: string, plain: boolean, offset: number): Scalar {
    const own = coreTag(tag);
    // A tag that is none of YAML's own makes a text of the scalar, as a lone `!` does.
    const isText = own === undefined && (!plain || tag !== undefined);
    const value = isText ? text : own === undefined ? plainScalar(text) : taggedScalar(own, text);
    if (value === undefined)
      this.#error(offset, `${JSON.stringify(text.slice(0, 60))} is not what its tag !!${own} says`);
    if (typeof value !== 'number' || Number.isFinite(value)) return value ?? null;
    this.#error(offset, `JSON has no ${text}: text has to be in quotes`);
    return null;
  }

  /** Blank lines after a block scalar are not part of it, unless it keeps them (`|+`). */
  #blockEnd({ offset, props, source }: CST.BlockScalar, value: string): number {
    const header = headerOf({ props });
    const at =
      this.#base + offset + props.reduce((length, prop) => length + (prop as CST.SourceToken).source.length, 0);
    const isKept = header?.source.includes('+') && value !== '';
    const content = isKept ? source.replace(/(\r\n|\n|\r)$/, '') : source.trimEnd();
    if (content !== '') return at + content.length;
    return this.#base + offset + (header?.source.length ?? 1);
  }

  #map(yaml: YAMLMap, begin: NodeStart, level: number): MapNode {
    const layout = yaml.flow ? (this.#text[begin.start] === '{' ? 'flow' : 'pair') : 'block';
    const entries = yaml.items.map((pair) => this.#entry(pair as SourcePair, level));
    this.#duplicates(entries);
    const end = layout === 'flow' ? this.#base + yaml.range![1] : (entries.at(-1)?.value.end ?? begin.start);
    const start = layout === 'flow' ? begin.start : (entries[0]?.start ?? begin.start);
    return { ...begin, start, propsStart: Math.min(begin.propsStart, start), type: 'map', layout, end, entries };
  }

  #entry(pair: SourcePair, level: number): Entry {
    const { start: before, sep = [], value: token } = pair.srcToken!;
    const keyNode = this.node(pair.key, before, level + 1);
    const key = this.#key(keyNode);
    const mark = before.find(({ type }) => type === 'explicit-key-ind');
    const colonToken = sep.find(({ type }) => type === 'map-value-ind');
    const colon = colonToken === undefined ? undefined : this.#base + colonToken.offset;
    const value = this.#value(pair.value, token, sep, colon === undefined ? keyNode.end : colon + 1, level);
    if (colon !== undefined && mark === undefined) this.#checkImplicitKey(keyNode, colon);
    const merge = key === '<<' && keyNode.type === 'scalar' && keyNode.style === 'plain';
    if (merge) this.#checkMerge(value);
    const start = mark === undefined ? keyNode.propsStart : this.#base + mark.offset;
    return { start, key, keyNode, ...(colon !== undefined && { colon }), value, merge };
  }

  /** The node of a value; an absent one is right behind its indicator, or behind its anchor and tag. */
  #value(
    yaml: YamlNode | null,
    token: CST.Token | undefined,
    before: readonly CST.SourceToken[],
    at: number,
    level: number,
  ): Node {
    const props = before.filter(({ type }) => type === 'anchor' || type === 'tag');
    if (yaml === null || (token === undefined && props.length === 0)) return absentAt(at);
    const node = this.node(yaml, before, level + 1);
    if (token !== undefined || node.type !== 'scalar') return node;
    const last = props.at(-1)!;
    const end = this.#base + last.offset + last.source.length;
    const absent: ScalarNode = { ...node, start: end, end, style: 'absent' };
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, absent);
    return absent;
  }

  #key(node: Node): string {
    const target = node.type === 'alias' ? node.target : node;
    if (target.type !== 'scalar') this.#error(node.start, 'a key has to be text, not a map or list');
    else if (target.value === null) this.#error(node.start, 'a key has to be text; null is none');
    else if (target.style === 'plain' && typeof target.value === 'number' && !isPlainNumber(target.value)) {
      this.#error(node.start, 'a number of so many digits has to be in quotes, or kubectl gives the key another name');
    }
    return target.type === 'scalar' ? String(target.value) : '';
  }

  /** A key without `?` is found by the colon behind it (`yaml_parser_stale_simple_keys`). */
  #checkImplicitKey(keyNode: Node, colon: number): void {
    const { propsStart, end } = keyNode;
    const style = keyNode.type === 'scalar' ? keyNode.style : undefined;
    if (colon - propsStart > mostKeyLength) this.#error(propsStart, `a key has at most ${mostKeyLength} characters`);
    else if (this.#text.slice(propsStart, colon).includes('\n')) this.#error(propsStart, 'a key has to be on one line');
    else if (colon === end && style === 'plain' && /[,[\]{}]/.test(this.#text[colon + 1] ?? ''))
      this.#error(colon, 'kubectl takes this colon for a part of the key: write a space behind it');
  }

  #checkMerge(value: Node): void {
    const target = value.type === 'alias' ? value.target : value;
    const merged = target.type === 'list' ? target.items.map((item) => item.value) : [target];
    for (const one of merged) {
      const map = one.type === 'alias' ? one.target : one;
      if (map.type !== 'map') this.#error(one.start, '<< merges a map or a list of maps');
    }
  }

  #duplicates(entries: readonly Entry[]): void {
    const keys = new Set<string>();
    for (const { key, keyNode, merge } of entries) {
      if (keys.has(key) && !merge) {
        const message = `the key ${JSON.stringify(key.slice(0, 100))} is given twice; kubectl takes the last`;
        this.#findings.push({ severity: 'warning', offset: keyNode.start, message });
      }
      keys.add(key);
    }
  }

  #list(yaml: YAMLSeq, begin: NodeStart, level: number): ListNode {
    const token = yaml.srcToken as CST.BlockSequence | CST.FlowCollection;
    const layout = yaml.flow ? 'flow' : 'block';
    const sources = token.items.filter((item) => isItem(item, layout));
    const items = yaml.items.map((yamlItem, i) => this.#item(yamlItem as YamlNode, sources[i]!, layout, level));
    const end = layout === 'flow' ? this.#base + yaml.range![1] : items.at(-1)!.value.end;
    return { ...begin, type: 'list', layout, end, items };
  }

  #item(yaml: YamlNode, source: CST.CollectionItem, layout: 'block' | 'flow', level: number): Item {
    if (layout === 'flow') {
      const value =
        isMap(yaml) && source.sep !== undefined
          ? this.node(yaml, [], level + 1)
          : this.node(yaml, source.start, level + 1);
      return { start: value.propsStart, value };
    }
    const dash = source.start.find(({ type }) => type === 'seq-item-ind')!;
    const start = this.#base + dash.offset;
    return { start, value: this.#value(yaml, source.value, source.start, start + 1, level) };
  }

  #error(offset: number, message: string): void {
    this.#findings.push({ severity: 'error', offset, message });
  }
}

type NodeStart = Pick<ScalarNode, 'start' | 'propsStart' | 'anchor'>;
/** A pair of a composed document that keeps the source tokens. */
type SourcePair = Pair<YamlNode, YamlNode | null>;

const styles: Readonly<Record<string, ScalarNode['style']>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
};

/**
 * Whether source tokens are an item: there are also tokens for comments at the end and for the space behind a last
 * comma.
 */
function isItem({ start, key, sep, value }: CST.CollectionItem, layout: 'block' | 'flow'): boolean {
  if (layout === 'block') return start.some(({ type }) => type === 'seq-item-ind');
  const marks = ['anchor', 'tag', 'explicit-key-ind'];
  return key != null || sep !== undefined || value !== undefined || start.some(({ type }) => marks.includes(type));
}

/** Whether Go writes the same text for a key that is a number: it has floats of 32 bits, and exponents from 10^6 on. */
function isPlainNumber(value: number): boolean {
  const digits = String(Math.abs(value)).replace('.', '').replace(/^0+/, '');
  if (Number.isInteger(value)) return Math.abs(value) < 1e6 || Number.isSafeInteger(value);
  return digits.length <= 6 && Math.abs(value) >= 1e-4 && Math.abs(value) < 1e6;
}

function headerOf({ props }: Pick<CST.BlockScalar, 'props'>): CST.SourceToken | undefined {
  return props.find((prop) => prop.type === 'block-scalar-header') as CST.SourceToken | undefined;
}

function absentAt(at: number): ScalarNode {
  return { type: 'scalar', start: at, end: at, propsStart: at, value: null, style: 'absent' };
}
