import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  type Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { quote } from '../../../flags/codec.ts';
import { composeYaml } from '../../../yaml/compose.ts';
import { coreTag } from '../../../yaml/core-tag.ts';
import { type Meaning, plainMeaning } from '../../../yaml/plain-meaning.ts';
import type { Findings, Place } from '../findings.ts';

/** A key of a map with its value; merge keys are resolved. */
export interface MapEntry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: Value;
}

/** A value of the file; aliases are resolved. The entries of a map are read on demand. */
export type Value =
  | {
      readonly type: 'scalar';
      readonly place: Place;
      /** The text of the file, without quotes. */
      readonly text: string;
      readonly meaning: Meaning;
    }
  | { readonly type: 'list'; readonly place: Place; readonly size: number; readonly items: () => readonly Value[] }
  | { readonly type: 'map'; readonly place: Place; readonly entries: () => readonly MapEntry[] };

type MapValue = Extract<Value, { readonly type: 'map' }>;

/**
 * The most keys and items beyond the number of characters of the file: without aliases a file has fewer keys and items
 * than characters. go-yaml has such a limit too.
 */
const mostByAliases = 100_000;
/** The same for a piece of a file, of which there may be hundreds. */
const mostByAliasesOfPiece = 1000;

/** The places of the lines of a text, and the line of the file that is its first. */
interface Lines {
  readonly lines: LineCounter;
  readonly first: number;
}

/**
 * The first document of a YAML file, as go-yaml v2 decodes one into the structures of statsd_exporter: a merge key
 * takes effect at its place, the later value of a repeated key counts, and two maps under one key are united.
 *
 * @param line the line of the file where the text begins
 * @returns undefined for an empty file, or where there is an error
 */
export function readDocument(text: string, findings: Findings, strict: boolean, line = 1): Value | undefined {
  const counter: Lines = { lines: new LineCounter(), first: line };
  const parsed = compose(text, counter, findings);
  if (parsed?.contents == null) return undefined;
  const more = line === 1 ? mostByAliases : mostByAliasesOfPiece;
  return new Reader(parsed, counter, findings, strict, text.length + more).value(parsed.contents);
}

function compose(text: string, counter: Lines, findings: Findings): Document.Parsed | undefined {
  const { first, second, errors } = composeYaml(text, { strict: false }, counter.lines.addNewLine);
  for (const { offset, message } of errors) findings.error(placeAt(counter, offset), 'yaml', message);
  if (second !== undefined) {
    const place = placeAt(counter, second.range[0]);
    findings.warning(place, 'second_document', 'only the first document of a file is read');
  }
  return errors.length === 0 ? first : undefined;
}

function placeAt({ lines, first }: Lines, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line) + first - 1, column: Math.max(1, col) };
}

class Reader {
  readonly #counter: Lines;
  readonly #findings: Findings;
  readonly #strict: boolean;
  readonly #targets: ReadonlyMap<Alias, Node | undefined>;
  /** Read once for all aliases: a file of nested merges would otherwise grow without a bound. */
  readonly #entries = new Map<YAMLMap, readonly MapEntry[]>();
  readonly #open = new Set<YAMLMap>();
  #budget: number;

  constructor(document: Document.Parsed, counter: Lines, findings: Findings, strict: boolean, budget: number) {
    this.#budget = budget;
    this.#counter = counter;
    this.#findings = findings;
    this.#strict = strict;
    this.#targets = aliasTargets(document);
  }

  value(source: unknown): Value {
    const place = this.#place(source);
    let node = source;
    if (isAlias(node)) {
      const target = this.#targets.get(node);
      if (target === undefined) {
        const text = `*${node.source}`;
        this.#findings.error(
          place,
          'yaml',
          `there is no anchor ${quote(node.source)}; text that begins with * has to be in quotes`,
        );
        return { type: 'scalar', place, text, meaning: quoted };
      }
      node = target;
    }
    if (isMap(node)) {
      const map: YAMLMap = node;
      return { type: 'map', place, entries: () => this.#spend(this.#entriesOf(map), place) };
    }
    if (isScalar(node)) return scalar(node, place);
    const items: readonly unknown[] = isNode(node) ? (node as YAMLSeq).items : [];
    if (node == null) return { type: 'scalar', place, text: '', meaning: { type: 'null' } };
    const read = () => this.#spend(items, place).map((item) => this.value(item));
    return { type: 'list', place, size: items.length, items: read };
  }

  #spend<T>(items: readonly T[], place: Place): readonly T[] {
    if (this.#budget < 0) return [];
    this.#budget -= items.length;
    if (this.#budget >= 0) return items;
    this.#findings.error(place, 'yaml', 'excessive aliasing');
    return [];
  }

  #place(node: unknown): Place {
    return placeAt(this.#counter, (isNode(node) ? node.range?.[0] : undefined) ?? 0);
  }

  #entriesOf(map: YAMLMap): readonly MapEntry[] {
    const cached = this.#entries.get(map);
    if (cached !== undefined) return cached;
    if (this.#open.has(map)) {
      this.#findings.error(this.#place(map), 'yaml', 'an anchor contains itself');
      return [];
    }
    this.#open.add(map);
    const entries: MapEntry[] = [];
    const places = new Map<string, Place>();
    for (const pair of map.items) {
      const key = this.value(pair.key);
      if (key.type !== 'scalar') {
        this.#findings.error(key.place, 'yaml', 'a key has to be text');
      } else if (key.text === '<<' && key.meaning !== quoted) {
        for (const entry of this.#merged(pair.value, key.place)) entries.push(entry);
      } else {
        const before = places.get(key.text);
        if (before !== undefined) this.#twice(key.text, key.place, before);
        places.set(key.text, key.place);
        entries.push({ key: key.text, keyPlace: key.place, value: this.value(pair.value) });
      }
    }
    this.#open.delete(map);
    const read = uniteByKey(entries);
    this.#entries.set(map, read);
    return read;
  }

  #twice(key: string, place: Place, before: Place): void {
    const message = `${quote(key)} is given twice, first in line ${before.line}`;
    if (this.#strict) this.#findings.error(place, 'duplicate_key', message);
    else this.#findings.warning(place, 'duplicate_key', `${message}; this one counts`);
  }

  /** In a list of maps the first one wins. */
  #merged(node: unknown, place: Place): readonly MapEntry[] {
    const value = this.value(node);
    const maps = value.type === 'list' ? [...value.items()].reverse() : [value];
    return maps.flatMap((map) => {
      if (map.type === 'map') return map.entries();
      this.#findings.error(place, 'yaml', '<< merges a map or a list of maps');
      return [];
    });
  }
}

const quoted: Meaning = { type: 'text' };

function scalar(node: Scalar, place: Place): Value {
  const text = String(node.value ?? '');
  const plain = node.type === 'PLAIN' || node.type === undefined;
  const tag = coreTag(node.tag);
  if (tag === 'null') return { type: 'scalar', place, text: '', meaning: { type: 'null' } };
  const isText = tag === undefined ? !plain || node.tag !== undefined : !['bool', 'int', 'float'].includes(tag);
  return { type: 'scalar', place, text, meaning: isText ? quoted : plainMeaning(text) };
}

/** The later value of a repeated key counts; maps under one key are united, in one step for any number of them. */
function uniteByKey(all: Iterable<MapEntry>): readonly MapEntry[] {
  const entries = new Map<string, MapEntry>();
  const maps = new Map<string, MapValue[]>();
  for (const entry of all) {
    const { key, value } = entry;
    const before = entries.get(key)?.value;
    if (before?.type !== 'map' || value.type !== 'map') {
      entries.set(key, entry);
      maps.delete(key);
      continue;
    }
    const parts = maps.get(key) ?? [before];
    maps.set(key, parts);
    parts.push(value);
    entries.set(key, {
      ...entry,
      value: { ...value, entries: () => uniteByKey(parts.flatMap((one) => one.entries())) },
    });
  }
  return [...entries.values()];
}

/** An alias means the last node before it with its anchor. */
function aliasTargets(document: Document.Parsed): ReadonlyMap<Alias, Node | undefined> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node | undefined>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) targets.set(node, anchors.get(node.source));
      else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}
