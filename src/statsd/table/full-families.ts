import type { StoreLimits } from '../../exposition/metric/metric-store.ts';
import type { FullFamily } from '../series/full-family.ts';
import type { LineEntry, Settle } from './entry.ts';
import { hashOf } from './key-words.ts';
import type { KnownRefusal } from './known-refusal.ts';
import { NewLabels, type RuledLabels, ruledLabels } from './new-labels.ts';

/** Beginnings of lines that are kept apart. */
const MOST = 256;
const LONGEST = 512;
const HASH = 35;
const CR = 13;
const BAR = 124;

/** Lines that begin alike, up to their tags, and are refused whatever these are. */
export interface FullLine {
  /** Name, and what stands between the value and the tags. */
  readonly key: Buffer;
  readonly nameLength: number;
  readonly rule: number | undefined;
  readonly refusal: KnownRefusal;
  readonly full: FullFamily;
  readonly ruled: RuledLabels;
  hits: number;
}

/**
 * Families that have no room for another series, or are refused themselves, and the lines that want one: by their name
 * and what stands before their tags. A label explosion has another value in every line, so the table of known lines
 * knows none of them; here the tags are hashed where they lie, and where no series of the family has them, the line is
 * refused as the one before it was, without a text being made of it.
 */
export class FullFamilies {
  readonly #lines = new Map<number, FullLine>();
  readonly #multiplier: number;
  readonly #settle: Settle;
  readonly #labels: NewLabels;

  /**
   * @param seed 32 bits that nobody outside knows.
   * @param settle is told how many lines were refused before they are forgotten, and whenever they are settled.
   */
  constructor(seed: number, limits: StoreLimits, settle: Settle) {
    this.#multiplier = seed | 1;
    this.#labels = new NewLabels(limits);
    this.#settle = settle;
  }

  /**
   * The lines that this one is like, where its series would be a new one of their family.
   *
   * @param rest where the value ends.
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
    if (!this.#labels.read(bytes, tags, withoutReturn(bytes, end), line.ruled)) return undefined;
    if (full.family?.mayHave(this.#labels.hash) === true) return undefined;
    // What takes less may have room.
    return refusal.page!.reason === 'bytes_limit' && this.#labels.bytes < full.bytes ? undefined : line;
  }

  /** Remembers a line that was refused: lines like it are in a moment. */
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
    if (tags < 0 || nameLength + tags - rest > LONGEST) return;
    // Else the labels are not what the bytes of the tags say: some come from the name, or tags are not read.
    const ruled = ruledLabels(full.ruleLabels);
    if (!this.#labels.read(bytes, tags, withoutReturn(bytes, end), ruled) || this.#labels.hash !== full.hash) return;
    const hash = hashOf(view, name, nameLength, rest, tags - rest, this.#multiplier);
    const before = this.#lines.get(hash);
    if (before !== undefined) this.#settleLine(before);
    else if (this.#lines.size >= MOST) this.clear();
    const key = Buffer.concat([bytes.subarray(name, name + nameLength), bytes.subarray(rest, tags)]);
    this.#lines.set(hash, { key, nameLength, rule, refusal, full, ruled, hits: 0 });
  }

  /** Tells of the lines that were refused since the last time. */
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

/** Behind the `|#` that is the first; -1: there is none. */
function tagsAt(bytes: Buffer, rest: number, end: number): number {
  for (let at = rest; at < end - 1; at++) if (bytes[at] === BAR && bytes[at + 1] === HASH) return at + 2;
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
  return bytes[end - 1] === CR ? end - 1 : end;
}
