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

/** A key of a map with its value, merge keys resolved. */
export interface Entry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: Value;
}

/** A value of the file, aliases resolved. What a map holds is looked at when it is asked for. */
export type Value =
  | {
      readonly type: 'scalar';
      readonly place: Place;
      /** As written, without quotes. */
      readonly text: string;
      readonly meaning: Meaning;
    }
  | { readonly type: 'list'; readonly place: Place; readonly size: number; readonly items: () => readonly Value[] }
  | { readonly type: 'map'; readonly place: Place; readonly entries: () => readonly Entry[] };

type MapValue = Extract<Value, { readonly type: 'map' }>;

/**
 * Keys and items that are read beyond the number of the file's characters: without aliases there are fewer of them than
 * characters. go-yaml has a limit of this kind too.
 */
const MOST_BY_ALIASES = 100_000;
/** Of a file that is read in pieces there may be hundreds. */
const MOST_BY_ALIASES_OF_PIECE = 1000;

/** Where the lines of a text begin, and which line of the file is its first. */
interface Lines {
  readonly lines: LineCounter;
  readonly first: number;
}

/**
 * The first document of a YAML file, as go-yaml v2 decodes one into statsd_exporter's structures: merge keys take effect
 * where they stand, of a key given twice the later value counts, and two maps under it become one.
 *
 * @param line of the file that the text begins with
 * @returns undefined for an empty file, or where an error was found
 */
export function readDocument(text: string, findings: Findings, strict: boolean, line = 1): Value | undefined {
  const counter: Lines = { lines: new LineCounter(), first: line };
  const parsed = compose(text, counter, findings);
  if (parsed?.contents == null) return undefined;
  const more = line === 1 ? MOST_BY_ALIASES : MOST_BY_ALIASES_OF_PIECE;
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
  /** Read once, however often aliases lead there: a file of nested merges would otherwise grow without a bound. */
  readonly #entries = new Map<YAMLMap, readonly Entry[]>();
  readonly #open = new Set<YAMLMap>();
  #budget: number;

  constructor(document: Document.Parsed, counter: Lines, findings: Findings, strict: boolean, budget: number) {
    this.#budget = budget;
    this.#counter = counter;
    this.#findings = findings;
    this.#strict = strict;
    this.#targets = aliasTargets(document);
  }

  value(given: unknown): Value {
    const place = this.#place(given);
    let node = given;
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

  #spend<T>(held: readonly T[], place: Place): readonly T[] {
    if (this.#budget < 0) return [];
    this.#budget -= held.length;
    if (this.#budget >= 0) return held;
    this.#findings.error(place, 'yaml', 'excessive aliasing');
    return [];
  }

  #place(node: unknown): Place {
    return placeAt(this.#counter, (isNode(node) ? node.range?.[0] : undefined) ?? 0);
  }

  #entriesOf(map: YAMLMap): readonly Entry[] {
    const known = this.#entries.get(map);
    if (known !== undefined) return known;
    if (this.#open.has(map)) {
      this.#findings.error(this.#place(map), 'yaml', 'an anchor contains itself');
      return [];
    }
    this.#open.add(map);
    const entries: Entry[] = [];
    const written = new Map<string, Place>();
    for (const pair of map.items) {
      const key = this.value(pair.key);
      if (key.type !== 'scalar') {
        this.#findings.error(key.place, 'yaml', 'a key has to be text');
      } else if (key.text === '<<' && key.meaning !== quoted) {
        for (const merged of this.#merged(pair.value, key.place)) entries.push(merged);
      } else {
        const before = written.get(key.text);
        if (before !== undefined) this.#twice(key.text, key.place, before);
        written.set(key.text, key.place);
        entries.push({ key: key.text, keyPlace: key.place, value: this.value(pair.value) });
      }
    }
    this.#open.delete(map);
    const read = united(entries);
    this.#entries.set(map, read);
    return read;
  }

  #twice(key: string, place: Place, before: Place): void {
    const message = `${quote(key)} is given twice, first in line ${before.line}`;
    if (this.#strict) this.#findings.error(place, 'duplicate_key', message);
    else this.#findings.warning(place, 'duplicate_key', `${message}; this one counts`);
  }

  /** Of a list of maps the first has the last word. */
  #merged(node: unknown, place: Place): readonly Entry[] {
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
  const isText = tag === undefined ? !plain : !['bool', 'int', 'float'].includes(tag);
  return { type: 'scalar', place, text, meaning: isText ? quoted : plainMeaning(text) };
}

/** Of a key given twice the later value counts; maps under one key become one, in one go however many there are. */
function united(all: Iterable<Entry>): readonly Entry[] {
  const entries = new Map<string, Entry>();
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
    entries.set(key, { ...entry, value: { ...value, entries: () => united(parts.flatMap((one) => one.entries())) } });
  }
  return [...entries.values()];
}

/** An alias means the last node before it that has its anchor. */
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
