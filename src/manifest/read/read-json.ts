import type { Result } from '../../result/result.ts';
import type { OffsetFinding } from './manifest-problem.ts';
import type { Entry, Item, MapNode, Node, ScalarNode, Span } from './node.ts';

/** Deeper values are refused, because every reader descends by recursion. */
export const mostLevels = 500;

/** A sequence of JSON texts, as `kubectl get -o json` and `jq` write it. */
export type JsonStream = Result<readonly Node[], OffsetFinding>;

/** Reads the JSON values between two offsets of a text (RFC 8259). Of two values with one key the later counts. */
export function readJsonStream(text: string, { start, end }: Span): JsonStream {
  const scanner = new Scanner(text, start, end);
  const values: Node[] = [];
  try {
    while (scanner.peek() !== '') values.push(scanner.value(0));
    return { ok: true, value: values };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.finding };
    throw error;
  }
}

/** Thrown to end the descent; it never leaves this file. */
class Refusal extends Error {
  readonly finding: OffsetFinding;
  constructor(offset: number, message: string) {
    super(message);
    this.finding = { severity: 'error', offset, message };
  }
}

const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function scalarNode(start: number, end: number, value: ScalarNode['value'], style: ScalarNode['style']): ScalarNode {
  return { type: 'scalar', start, end, propsStart: start, value, style };
}

class Scanner {
  readonly #text: string;
  readonly #end: number;
  #at: number;

  constructor(text: string, start: number, end: number) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
  }

  /** The next character that is no space; empty at the end. */
  peek(): string {
    while (this.#at < this.#end && ' \t\r\n'.includes(this.#text[this.#at]!)) this.#at++;
    return this.#at < this.#end ? this.#text[this.#at]! : '';
  }

  value(level: number): Node {
    if (level > mostLevels) throw new Refusal(this.#at, `values are nested deeper than ${mostLevels} levels`);
    const next = this.peek();
    if (next === '{') return this.#map(level);
    if (next === '[') return this.#list(level);
    const start = this.#at;
    const value = next === '"' ? this.#string() : this.#literal();
    const style = next === '"' ? 'double' : 'plain';
    return scalarNode(start, this.#at, value, style);
  }

  #map(level: number): MapNode {
    const start = this.#at++;
    const entries: Entry[] = [];
    for (let next = this.peek(); next !== '}' || entries.length > 0; next = this.peek()) {
      const keyStart = this.#at;
      if (next !== '"') throw this.#unexpected(next, 'a key in double quotes');
      const key = this.#string();
      const keyNode = scalarNode(keyStart, this.#at, key, 'double');
      if (this.peek() !== ':') throw this.#unexpected(this.peek(), '":"');
      const colon = this.#at++;
      entries.push({ start: keyStart, key, keyNode, colon, value: this.value(level + 1), merge: false });
      if (!this.#goesOn('}')) break;
    }
    if (entries.length === 0) this.#at++;
    return { type: 'map', layout: 'flow', start, end: this.#at, propsStart: start, entries };
  }

  #list(level: number): Node {
    const start = this.#at++;
    const items: Item[] = [];
    while (this.peek() !== ']' || items.length > 0) {
      const value = this.value(level + 1);
      items.push({ start: value.start, value });
      if (!this.#goesOn(']')) break;
    }
    if (items.length === 0) this.#at++;
    return { type: 'list', layout: 'flow', start, end: this.#at, propsStart: start, items };
  }

  /** Reads the comma or the closing bracket; false for the bracket. */
  #goesOn(close: string): boolean {
    const next = this.peek();
    if (next !== ',' && next !== close) throw this.#unexpected(next, `"," or "${close}"`);
    this.#at++;
    return next === ',';
  }

  #literal(): null | boolean | number {
    literal.lastIndex = this.#at;
    const source = literal.exec(this.#text)?.[0];
    if (source === undefined || this.#at + source.length > this.#end) throw this.#unexpected(this.peek(), 'a value');
    this.#at += source.length;
    return JSON.parse(source);
  }

  /** Searches for the closing quote by a loop: a regular expression would overflow its stack on a long text. */
  #string(): string {
    const start = this.#at;
    let end = start + 1;
    while (end < this.#end && this.#text.charCodeAt(end) !== 34) end += this.#text.charCodeAt(end) === 92 ? 2 : 1;
    try {
      const value: string = JSON.parse(this.#text.slice(start, Math.min(end + 1, this.#end)));
      this.#at = end + 1;
      return value;
    } catch {
      throw new Refusal(start, 'the text in double quotes does not end, or is not JSON');
    }
  }

  #unexpected(found: string, expected: string): Refusal {
    return new Refusal(
      this.#at,
      `${expected} is missing here, ${found === '' ? 'the text ends' : `found ${JSON.stringify(found)}`}`,
    );
  }
}
