import type { LabelKey } from '../metric/labels.ts';
import { keyNames } from '../metric/labels.ts';

const lineFeed = 10;
const space = 32;
const quote = 34;
const closingBrace = 125;
const asciiEnd = 128;

/** The common part of the blocks of all label sets with the same names. */
interface Shape {
  readonly count: number;
  /** The end of their keys: a line feed, then the names. */
  readonly ending: string;
  /** The bytes before the value of each label: `name{a="` for the first, `,b="` for the others. */
  readonly openings: readonly Uint8Array[];
  /** Bytes of a block beyond its values. */
  readonly bytes: number;
}

function shapeOf(key: LabelKey, lineName: string | undefined): Shape {
  const joined = keyNames(key);
  const names = joined === '' ? [] : joined.split(',');
  const openings = names.map((name, i) => Buffer.from(`${i === 0 ? `${lineName ?? ''}{` : ','}${name}="`));
  const quotes = names.length;
  const closing = lineName === undefined ? 0 : 2;
  const bytes = openings.reduce((sum, opening) => sum + opening.length, quotes + closing);
  return { count: names.length, ending: `\n${joined}`, openings, bytes };
}

/**
 * Makes the blocks of an arena from the keys of its series. Of a hundred thousand series most have labels of the same
 * names: their shape is looked up again only where it changes, and no string is made.
 */
export class ArenaBlocks {
  readonly #lineName: string | undefined;
  readonly #bare: Uint8Array;
  #shape: Shape | undefined;

  /**
   * @param lineName the name of the line where a series is one line: its blocks are all of the line before the number.
   */
  constructor(lineName: string | undefined) {
    this.#lineName = lineName;
    this.#bare = Buffer.from(lineName === undefined ? '' : `${lineName} `);
  }

  /** Bytes of the block of this key. */
  size(key: LabelKey): number {
    if (key === '') return this.#bare.length;
    const { count, ending, bytes } = this.#of(key);
    // The key is the number of labels in one character, the values with a line feed after each, and the names.
    return bytes + Buffer.byteLength(key) - (count < asciiEnd ? 1 : 2) - count - (ending.length - 1);
  }

  /** Writes the block, which takes `size` bytes. @returns its end */
  write(key: LabelKey, target: Buffer, start: number): number {
    if (key === '') {
      target.set(this.#bare, start);
      return start + this.#bare.length;
    }
    const { openings } = this.#of(key);
    let at = start;
    let from = 1;
    for (const opening of openings) {
      for (let i = 0; i < opening.length; i++) target[at++] = opening[i]!;
      for (;;) {
        const code = key.charCodeAt(from);
        if (code === lineFeed) break;
        if (code >= asciiEnd) {
          const end = key.indexOf('\n', from);
          at += target.write(key.slice(from, end), at);
          from = end;
          break;
        }
        target[at++] = code;
        from++;
      }
      from++;
      target[at++] = quote;
    }
    if (this.#lineName !== undefined) {
      target[at++] = closingBrace;
      target[at++] = space;
    }
    return at;
  }

  #of(key: LabelKey): Shape {
    if (this.#shape === undefined || !key.endsWith(this.#shape.ending)) this.#shape = shapeOf(key, this.#lineName);
    return this.#shape;
  }
}
