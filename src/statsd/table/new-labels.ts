import type { Labels } from '../../exposition/metric/family.ts';
import { between, firstHash, labelMixed, labelStep, labelsHash, textInto } from '../../exposition/metric/label-hash.ts';
import type { StoreLimits } from '../../exposition/metric/metric-store.ts';

const hashByte = 35;
const commaByte = 44;
const dashByte = 45;
const colonByte = 58;
const underscoreByte = 95;
const barByte = 124;
const mostTags = 16;
/** By byte: 1 for the characters that a label name keeps as they are; a digit in front is not. */
const word = Uint8Array.from({ length: 256 }, (_, code) => (/\w/.test(String.fromCharCode(code)) ? 1 : 0));

/** The labels that a rule adds to lines, whatever their tags are. */
export interface RuleLabels {
  readonly hash: number;
  readonly bytes: number;
  /** Hashes of their names: a tag with one of these names is unusual. */
  readonly names: readonly number[];
}

export function ruleLabelsOf(labels: Labels): RuleLabels {
  const bytes = labels.reduce((sum, [name, value]) => sum + (value === '' ? 0 : name.length + value.length + 2), 0);
  return { hash: labelsHash(labels), bytes, names: labels.map(([name]) => textInto(firstHash, name)) };
}

/** Labels read from bytes. One object for all lines, since every line needs it. */
export class NewLabels {
  /** See `labelsHash`. */
  hash = 0;
  /** The least number of bytes that the label set takes. */
  bytes = 0;
  readonly #names = new Int32Array(mostTags);
  readonly #limits: StoreLimits;

  constructor(limits: StoreLimits) {
    this.#limits = limits;
  }

  /**
   * Reads the tags of a DogStatsD section as the page would have them, beside those of the rule.
   *
   * @returns false where anything about them is unusual: a fault, a name that repeats or is reserved, a value that is
   *   too long, a text that is not ASCII.
   */
  read(bytes: Buffer, from: number, to: number, { hash, bytes: ruled, names }: RuleLabels): boolean {
    this.hash = hash;
    this.bytes = ruled;
    if (names.length > mostTags) return false;
    for (let i = 0; i < names.length; i++) this.#names[i] = names[i]!;
    let count = names.length;
    for (let at = from; at < to; at++) {
      const colon = this.#name(bytes, at, to, count);
      if (colon < 0) return false;
      at = this.#value(bytes, colon + 1, to, this.#names[count]!);
      if (at < 0) return false;
      count++;
      // The key of a label set has a byte between values and names.
      this.bytes += 2;
    }
    return count > names.length && count <= this.#limits.labelsPerSeries;
  }

  /** @returns the place of the colon behind the name; -1: the name is unusual. */
  #name(bytes: Buffer, from: number, to: number, count: number): number {
    const first = bytes[from]!;
    if (count === mostTags || first === hashByte || first === colonByte || (first >= 48 && first < colonByte))
      return -1;
    let hash = firstHash;
    let at = from;
    for (; at < to && bytes[at] !== colonByte; at++) {
      const code = bytes[at]!;
      if (code > 127 || code === commaByte || code === barByte) return -1;
      if (code === dashByte && at > from && bytes[at - 1] === dashByte) continue;
      hash = labelStep(hash, word[code] === 1 ? code : underscoreByte);
      this.bytes++;
    }
    const length = at - from;
    if (at === to || length > this.#limits.labelValueBytes || isReserved(bytes, from, length)) return -1;
    for (let other = 0; other < count; other++) if (this.#names[other] === hash) return -1;
    this.#names[count] = hash;
    return at;
  }

  /** @param name the hash so far. @returns the end of the value; -1: it is unusual. */
  #value(bytes: Buffer, from: number, to: number, name: number): number {
    let hash = labelStep(name, between);
    let at = from;
    for (; at < to && bytes[at] !== commaByte; at++) {
      const code = bytes[at]!;
      if (code > 127 || code === barByte) return -1;
      hash = labelStep(hash, code);
    }
    const length = at - from;
    if (length === 0 || length > this.#limits.labelValueBytes) return -1;
    this.hash = (this.hash + labelMixed(hash)) | 0;
    this.bytes += length;
    return at;
  }
}

/** Whether a name may be reserved: `le`, `quantile`, and any that may begin with two underscores. */
function isReserved(bytes: Buffer, from: number, length: number): boolean {
  if (bytes[from] === underscoreByte || word[bytes[from]!] === 0) return true;
  const name = length === 2 || length === 8 ? bytes.toString('latin1', from, from + length) : '';
  return name === 'le' || name === 'quantile';
}
