import type { StoreLimits } from '../../exposition/metric/metric-store.ts';
import type { FullFamily } from '../series/full-family.ts';
import { hashOf } from './key-words.ts';
import type { KnownRefusal } from './known-refusal.ts';
import type { LineEntry, Settle } from './line-entry.ts';
import { NewLabels, type RuleLabels, ruleLabelsOf } from './new-labels.ts';

/** The most line beginnings in the map. */
const most = 256;
const longest = 512;
const hashByte = 35;
const crByte = 13;
const barByte = 124;

/** Lines with the same bytes up to their tags, which are refused whatever the tags are. */
export interface FullLine {
  /** The name, and the bytes between the value and the tags. */
  readonly key: Buffer;
  readonly nameLength: number;
  readonly rule: number | undefined;
  readonly refusal: KnownRefusal;
  readonly full: FullFamily;
  readonly ruleLabels: RuleLabels;
  hits: number;
}

/**
 * The lines of families that have no room for another series, or that are refused themselves, by their name and the
 * bytes before their tags. In a label explosion every line has another label value, so the line table knows none of
 * them. Here the tags are hashed in place; where no series of the family has them, the line gets the refusal of the
 * line before, and no string is made.
 */
export class FullFamilies {
  readonly #lines = new Map<number, FullLine>();
  readonly #multiplier: number;
  readonly #settle: Settle;
  readonly #labels: NewLabels;

  /**
   * @param seed 32 secret bits.
   * @param settle gets the number of refused lines before they are dropped, and at each `settle()`.
   */
  constructor(seed: number, limits: StoreLimits, settle: Settle) {
    this.#multiplier = seed | 1;
    this.#labels = new NewLabels(limits);
    this.#settle = settle;
  }

  /**
   * Finds the lines that are like this one, where it would be a new series of their family.
   *
   * @param rest the end of the value.
   */
  find(
    view: DataView,
    bytes: Buffer,
    name: number,
    nameLength: number,
    rest: number,
    end: number,
  ): FullLine | undefined {
    if (this.#lines.size === 0) return undefined;
    const tags = tagsAt(bytes, rest, end);
    if (tags < 0) return undefined;
    const line = this.#lines.get(hashOf(view, name, nameLength, rest, tags - rest, this.#multiplier));
    if (line === undefined || !isAlike(line, bytes, name, nameLength, rest, tags)) return undefined;
    const { full, refusal } = line;
    if (!this.#labels.read(bytes, tags, withoutReturn(bytes, end), line.ruleLabels)) return undefined;
    if (full.family?.mayHave(this.#labels.hash) === true) return undefined;
    // Labels of fewer bytes may have room.
    return refusal.page!.reason === 'bytes_limit' && this.#labels.bytes < full.bytes ? undefined : line;
  }

  /** Adds a refused line, since more lines like it will follow. */
  add(
    entry: LineEntry,
    view: DataView,
    bytes: Buffer,
    name: number,
    nameLength: number,
    rest: number,
    end: number,
  ): void {
    const { refusal, full, rule } = entry;
    if (refusal === undefined || full === undefined) return;
    const tags = tagsAt(bytes, rest, end);
    if (tags < 0 || nameLength + tags - rest > longest) return;
    // Otherwise the labels are not those of the bytes: some come from the name, or tags are not read.
    const ruleLabels = ruleLabelsOf(full.ruleLabels);
    if (!this.#labels.read(bytes, tags, withoutReturn(bytes, end), ruleLabels) || this.#labels.hash !== full.hash)
      return;
    const hash = hashOf(view, name, nameLength, rest, tags - rest, this.#multiplier);
    const before = this.#lines.get(hash);
    if (before !== undefined) this.#settleLine(before);
    else if (this.#lines.size >= most) this.clear();
    const key = Buffer.concat([bytes.subarray(name, name + nameLength), bytes.subarray(rest, tags)]);
    this.#lines.set(hash, { key, nameLength, rule, refusal, full, ruleLabels, hits: 0 });
  }

  /** Hands the number of lines refused since the last time to `settle` of the constructor. */
  settle(): void {
    for (const line of this.#lines.values()) this.#settleLine(line);
  }

  clear(): void {
    this.settle();
    this.#lines.clear();
  }

  #settleLine(line: FullLine): void {
    const { hits, rule, key, nameLength, refusal } = line;
    line.hits = 0;
    if (hits > 0) this.#settle(rule, hits, () => key.toString('utf8', 0, nameLength), refusal);
  }
}

/** The place behind the first `|#`; -1: there is none. */
function tagsAt(bytes: Buffer, rest: number, end: number): number {
  for (let at = rest; at < end - 1; at++) if (bytes[at] === barByte && bytes[at + 1] === hashByte) return at + 2;
  return -1;
}

function isAlike(
  { key, nameLength: length }: FullLine,
  bytes: Buffer,
  name: number,
  nameLength: number,
  rest: number,
  tags: number,
): boolean {
  if (length !== nameLength || key.length !== nameLength + tags - rest) return false;
  for (let i = 0; i < nameLength; i++) if (key[i] !== bytes[name + i]) return false;
  for (let i = nameLength, at = rest; at < tags; i++, at++) if (key[i] !== bytes[at]) return false;
  return true;
}

function withoutReturn(bytes: Buffer, end: number): number {
  return bytes[end - 1] === crByte ? end - 1 : end;
}
