import { firstHash, labelMixed, labelStep, textInto } from '../../exposition/metric/label-hash.ts';
import type { MetricStore } from '../../exposition/metric/metric-store.ts';
import { escapeName } from '../line/escape.ts';
import type { MetricKind } from '../line/sample.ts';
import type { KnownRefusal } from './known-refusal.ts';

/** The most line ends in the map. */
const most = 64;
const longestRest = 256;
/** The page cuts longer names where it counts them. */
const longestName = 100;
const dashByte = 45;
const zeroByte = 48;
const colonByte = 58;
const underscoreByte = 95;
/** The suffixes of further names that a family of observers needs. */
const suffixes = ['_sum', '_count', '_bucket', '_created'];
const word = Uint8Array.from({ length: 256 }, (_, code) => (/\w/.test(String.fromCharCode(code)) ? 1 : 0));
/** The characters that begin a tag in a name. */
const tagged = Uint8Array.from({ length: 256 }, (_, code) => ('#,[]'.includes(String.fromCharCode(code)) ? 1 : 0));
const up = Buffer.from('up');
const scrape = Buffer.from('scrape');
const alerts = Buffer.from('ALERTS');
const reason = 'family_limit';
/** The hash of the prefix under which the page counts a refused name. */
const countedHash = textInto(firstHash, `${reason} `);

/** Counts the names that no rule matches. */
export interface UnmappedNames {
  readonly unmapped: {
    /** See `FrequentItems.countHash`. */
    countHash(hash: number): boolean;
  };
  /** No rule decided on samples of this name. */
  miss(name: string, samples: number): void;
}

/** Lines with the same bytes from the end of their value on, whose names are refused because the page has too many. */
export interface FullLines {
  readonly rest: Buffer;
  readonly refusal: KnownRefusal;
  readonly kind: MetricKind;
}

/**
 * The lines that want a new name of a full page, by the bytes behind their value. When every line has another name, no
 * table knows it. Here the name is hashed in place; where the page does not have the name, the line gets the refusal of
 * the line before. Names are counted as usual, but most new names pass without a string.
 */
export class FullPage {
  readonly #lines = new Map<number, FullLines>();
  readonly #store: MetricStore;
  readonly #names: UnmappedNames;
  #nameHash = 0;
  #pageHash = 0;

  constructor(store: MetricStore, names: UnmappedNames) {
    this.#store = store;
    this.#names = names;
  }

  /** Finds the lines that are like this one, where the page does not have its name. */
  find(bytes: Buffer, name: number, nameLength: number, rest: number, end: number): FullLines | undefined {
    if (this.#lines.size === 0 || end - rest > longestRest) return undefined;
    const lines = this.#lines.get(restHash(bytes, rest, end));
    if (lines === undefined || lines.rest.length !== end - rest) return undefined;
    for (let i = 0, at = rest; at < end; i++, at++) if (lines.rest[i] !== bytes[at]) return undefined;
    return this.#isNew(bytes, name, nameLength, lines.kind) ? lines : undefined;
  }

  /** Counts the name of the last `find`. */
  count(bytes: Buffer, name: number, nameLength: number): void {
    const { unmapped } = this.#names;
    const isRaw = !unmapped.countHash(this.#nameHash);
    const isCounted = !this.#store.countNameHash(this.#pageHash);
    if (!isRaw && !isCounted) return;
    const text = bytes.toString('latin1', name, name + nameLength);
    if (isRaw) this.#names.miss(text, 1);
    if (isCounted) this.#store.countRefusedName(escapeName(text), reason, 1);
  }

  /** Adds a refused line, where no mapping is in use, since more lines like it will follow. */
  add(refusal: KnownRefusal, kind: MetricKind, bytes: Buffer, name: number, rest: number, end: number): void {
    if (end - rest > longestRest) return;
    for (let at = name; bytes[at] !== colonByte; at++) if (tagged[bytes[at]!] === 1) return;
    const hash = restHash(bytes, rest, end);
    if (!this.#lines.has(hash) && this.#lines.size >= most) this.#lines.clear();
    this.#lines.set(hash, { rest: Buffer.from(bytes.subarray(rest, end)), refusal, kind });
  }

  clear(): void {
    this.#lines.clear();
  }

  /** Whether the page has neither this name nor a name that belongs to it; false for an unusual name too. */
  #isNew(bytes: Buffer, name: number, length: number, kind: MetricKind): boolean {
    if (length === 0 || length > longestName || mayBeReserved(bytes, name, length)) return false;
    const first = bytes[name]!;
    const isDigit = first >= zeroByte && first < colonByte;
    let raw = firstHash;
    let own = isDigit ? labelStep(firstHash, underscoreByte) : firstHash;
    let pageName = isDigit ? labelStep(countedHash, underscoreByte) : countedHash;
    for (let at = name; at < name + length; at++) {
      const code = bytes[at]!;
      if (code > 127 || tagged[code] === 1) return false;
      raw = labelStep(raw, code);
      if (code === dashByte && at > name && bytes[at - 1] === dashByte) continue;
      const escapedCode = word[code] === 1 ? code : underscoreByte;
      own = labelStep(own, escapedCode);
      pageName = labelStep(pageName, escapedCode);
    }
    this.#nameHash = labelMixed(raw);
    this.#pageHash = labelMixed(pageName);
    if (this.#store.mayClaim(labelMixed(own))) return false;
    return kind !== 'observer' || !suffixes.some((suffix) => this.#store.mayClaim(labelMixed(textInto(own, suffix))));
  }
}

function restHash(bytes: Buffer, from: number, to: number): number {
  let hash = firstHash;
  for (let at = from; at < to; at++) hash = labelStep(hash, bytes[at]!);
  return hash;
}

/** Whether a name is `up`, or begins with `scrape` or `ALERTS`. */
function mayBeReserved(bytes: Buffer, name: number, length: number): boolean {
  const first = bytes[name];
  if (first === up[0]) return length === 2;
  return (first === scrape[0] && begins(bytes, name, scrape)) || (first === alerts[0] && begins(bytes, name, alerts));
}

function begins(bytes: Buffer, from: number, start: Buffer): boolean {
  for (let i = 0; i < start.length; i++) if (bytes[from + i] !== start[i]) return false;
  return true;
}
